//! The tree has the shape of RFC 6962, and its proofs prove nothing else.

use trust::{Digest, Sha256, Sm3, Tree, sm3, verify_consistency, verify_inclusion};

/// The reference inputs and roots of the certificate-transparency project's Merkle tree tests.
#[test]
fn roots_match_the_published_sha256_vectors() {
    let entries = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];
    let roots = [
        (0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        (1, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"),
        (2, "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"),
        (3, "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"),
        (4, "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"),
        (5, "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4"),
        (6, "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef"),
        (7, "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"),
        (8, "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"),
    ];
    let tree: Tree<Sha256> =
        entries.iter().map(|entry| Tree::<Sha256>::leaf(&hex::decode(entry).expect("hexadecimal"))).collect();
    for (size, root) in roots {
        assert_eq!(tree.root_at(size).expect("in range").to_string(), root, "size {size}");
    }
}

#[test]
fn every_leaf_of_every_size_has_a_proof_that_fits_nothing_else() {
    let (leaves, tree) = grown(33);
    for size in 1..=33 {
        let root = tree.root_at(size).expect("in range");
        for index in 0..size {
            let proof = tree.inclusion(index, size).expect("in range");
            for (place, leaf) in leaves.iter().enumerate() {
                let holds = verify_inclusion::<Sm3>(leaf, index, size, &proof, &root);
                assert_eq!(holds, place as u64 == index, "leaf {place} as {index} of {size}");
            }
            assert!(!verify_inclusion::<Sm3>(&leaves[address(index)], size, size, &proof, &root));
            for changed in changes(&proof) {
                assert!(!verify_inclusion::<Sm3>(&leaves[address(index)], index, size, &changed, &root));
            }
        }
        assert_eq!(tree.inclusion(size, size), None);
    }
}

#[test]
fn every_earlier_tree_is_consistent_and_no_other_is() {
    let (_, tree) = grown(33);
    let root = |size| tree.root_at(size).expect("in range");
    for new in 0..=33 {
        for old in 0..=new {
            let proof = tree.consistency(old, new).expect("in range");
            let holds = |old_root: &Digest, new_root: &Digest, proof: &[Digest]| {
                verify_consistency::<Sm3>((old, old_root), (new, new_root), proof)
            };
            assert!(holds(&root(old), &root(new), &proof), "{old} to {new}");
            assert!(!holds(&sm3(b"another"), &root(new), &proof), "{old} to {new}");
            assert!(old == 0 || !holds(&root(old), &sm3(b"another"), &proof), "{old} to {new}");
            for changed in changes(&proof) {
                assert!(!holds(&root(old), &root(new), &changed), "{old} to {new}");
            }
        }
        assert_eq!(tree.consistency(new + 1, new), None);
    }
}

#[test]
fn a_rewritten_history_is_not_consistent() {
    let (leaves, honest) = grown(6);
    let mut rewritten = Tree::<Sm3>::new();
    rewritten.push(sm3(b"rewritten"));
    rewritten.extend(leaves.into_iter().skip(1));
    rewritten.push(sm3(b"new"));
    let proof = rewritten.consistency(6, 7).expect("in range");
    assert!(!verify_consistency::<Sm3>((6, &honest.root()), (7, &rewritten.root()), &proof));
}

fn grown(size: u8) -> (Vec<Digest>, Tree) {
    let leaves: Vec<Digest> = (0..size).map(|entry| Tree::<Sm3>::leaf(&[entry])).collect();
    let tree = leaves.iter().copied().collect();
    (leaves, tree)
}

/// The proof with each hash changed, with the last one missing, and with one too many.
fn changes(proof: &[Digest]) -> Vec<Vec<Digest>> {
    let mut changes: Vec<Vec<Digest>> = (0..proof.len())
        .map(|place| {
            let mut changed = proof.to_vec();
            changed[place].0[0] ^= 1;
            changed
        })
        .collect();
    changes.push([proof, &[sm3(b"extra")]].concat());
    if let Some((_, shorter)) = proof.split_last() {
        changes.push(shorter.to_vec());
    }
    changes
}

fn address(place: u64) -> usize {
    usize::try_from(place).expect("a small number")
}
