//! The crash test (断电试验): another process does all acts of a run again on a database, and is killed again and again.
//!
//! The run is the same in both processes, since it follows from its seed. What is acknowledged is told line by line; after each kill the next process opens what
//! is left, sends some acknowledged acts once more under the same keys, and goes on. At the end nothing may be missing and nothing done twice.

use crate::system::{Loaded, random};
use anyhow::{Context, Result, bail, ensure};
use engine::World;
use simulate::{FILE, Outcome, Start};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::mpsc::channel;
use store::aside::Upload;
use store::{Aside as _, Library, Request, Settings, Sqlite, Store as _, StoreExt as _, Submitted};

/// Acts on their way at once: some of them share a transaction.
const ON_THEIR_WAY: usize = 48;
/// Acknowledged acts that are sent again after a kill.
const AGAIN: usize = 64;
/// What the other process says of each act, and at its end.
const DONE: &str = "done ";
const END: &str = "end ";

/// Has another process do the acts again, and kills it so often. What to say about it.
pub fn torture(arguments: &[String], acts: usize, kills: usize) -> Result<String> {
    let folder = std::env::temp_dir().join(format!("gongbao-simulate-{}", std::process::id()));
    let said = killed(&folder, arguments, acts, kills);
    // What cannot be swept now lies in the system's folder for such things.
    _ = std::fs::remove_dir_all(&folder);
    said
}

fn killed(folder: &Path, arguments: &[String], acts: usize, kills: usize) -> Result<String> {
    let (mut acknowledged, mut round) = (0_usize, 0_usize);
    loop {
        let skip = acknowledged.saturating_sub(AGAIN);
        let left = acts - acknowledged;
        // The last one is let live; the others die somewhere in their share of what is left.
        let share = left / (kills - round + 1).max(1);
        let [one, two] = random::<2>()?;
        let stop =
            (round < kills).then(|| acknowledged + share * (64 + usize::from(one) % 64) / 128 + usize::from(two) % 7);
        let mut child = Command::new(std::env::current_exe().context("the path of this program")?)
            .args(arguments)
            .args(["--redo".to_owned(), folder.display().to_string(), "--skip".to_owned(), skip.to_string()])
            .stdout(Stdio::piped())
            .spawn()
            .context("another process of this program")?;
        let lines = BufReader::new(child.stdout.take().context("its output")?).lines();
        let mut end = None;
        for line in lines.map_while(Result::ok) {
            if let Some(number) = line.strip_prefix(DONE) {
                // A line cut by the kill tells nothing.
                acknowledged = number.parse().map_or(acknowledged, |number: usize| acknowledged.max(number));
                if stop.is_some_and(|stop| acknowledged >= stop) && end.is_none() {
                    child.kill().context("killing it")?;
                }
            } else if let Some(said) = line.strip_prefix(END) {
                end = Some(said.to_owned());
            }
        }
        let status = child.wait().context("waiting for it")?;
        match end {
            Some(said) => return Ok(format!("断电 {round} 次；{said}")),
            None if round < kills => round += 1,
            None => bail!("重做没有完成（{status}）/ the acts could not be done again"),
        }
    }
}

/// Does the acts of a run again on the database of a folder, those before `skip` excepted, and compares what comes of it.
pub fn redo(loaded: &Loaded, start: &Start, outcome: &Outcome, folder: &Path, skip: usize) -> Result<()> {
    let library =
        Library { county: outcome.county.clone(), holidays: start.holidays.clone(), ..loaded.library.clone() };
    std::fs::create_dir_all(folder).with_context(|| format!("无法建立 {} / cannot make it", folder.display()))?;
    let settings = Settings { data: folder.to_owned(), county_key: [7; 16], library: Arc::new(library) };
    let store = Sqlite::open(settings)?;
    let before = usize::try_from(store.read(|snapshot| snapshot.journal_length())?)?;
    ensure!(before >= skip, "已确认 {skip} 项，只剩 {before} 项 / acknowledged acts are lost");
    store.put_file(Upload {
        holder: None,
        name: "sample.txt".to_owned(),
        media: "text/plain".to_owned(),
        bytes: FILE.as_bytes().to_vec(),
        now: start_of(outcome),
    })?;
    for (place, group) in outcome.acts[skip..].chunks(ON_THEIR_WAY).enumerate() {
        send(&store, skip + place * ON_THEIR_WAY, group)?;
    }
    println!("{END}{}", compared(&store, outcome)?);
    Ok(())
}

fn start_of(outcome: &Outcome) -> jiff::civil::DateTime {
    outcome.acts.first().map_or(jiff::civil::DateTime::constant(2000, 1, 1, 0, 0, 0, 0), |(at, _)| *at)
}

/// Sends some acts together and waits for all of them.
fn send(store: &Sqlite, first: usize, group: &[(jiff::civil::DateTime, engine::Act)]) -> Result<()> {
    let (sender, answers) = channel();
    for (place, (now, act)) in group.iter().enumerate() {
        let number = first + place;
        let sender = sender.clone();
        let request = Request { key: Some(format!("simulated-{number}")), act: act.clone(), now: *now };
        // The receiver outlives the loop below; nobody else waits for the answer.
        store.submit_then(request, Box::new(move |answer| _ = sender.send((number, answer))));
    }
    drop(sender);
    for _ in group {
        let (number, answer) = answers.recv().context("the store closed")?;
        if let Submitted::Refused(refusal) = answer? {
            let reasons: Vec<&str> = refusal.reasons.iter().map(|reason| reason.zh.as_str()).collect();
            bail!("第 {number} 项在推演中办了，数据库不准：{} / refused by the store", reasons.join("；"));
        }
        println!("{DONE}{}", number + 1);
        std::io::stdout().flush().context("telling")?;
    }
    Ok(())
}

/// What is in the database is what the run came to, verifies, and is made again by a rebuild.
fn compared(store: &Sqlite, outcome: &Outcome) -> Result<String> {
    let acts = store.read(|snapshot| snapshot.journal_length())?;
    ensure!(
        acts == outcome.acts.len() as u64,
        "流水有 {acts} 项，推演办了 {} 项 / acts are missing or doubled",
        outcome.acts.len()
    );
    let mut matters = 0;
    for matter in outcome.world.all_matters() {
        let kept = store.read(|snapshot| snapshot.matter(&matter.id))?;
        ensure!(kept.as_deref() == Some(&**matter), "事项 {} 与推演不同 / differs from the run", matter.id);
        matters += 1;
    }
    let registers = outcome.world.rulebook().regulations.values().flat_map(|regulation| regulation.registers.keys());
    for register in registers {
        let rows = outcome.world.rows(register, None);
        for key in &rows {
            let kept = store.read(|snapshot| snapshot.row(register, key))?;
            let known = outcome.world.row(register, key);
            let same = kept.is_some_and(|kept| known.is_some_and(|known| kept.row.record == known.record));
            ensure!(same, "登记簿 {register} 的 {key} 与推演不同 / differs from the run");
        }
    }
    let wrongs = store.verify(&mut |_, _| ())?.wrongs;
    ensure!(wrongs.is_empty(), "核验不通过：{} {} / does not verify", wrongs[0].what, wrongs[0].where_);
    let before = store.projection_digests()?;
    store.rebuild(&mut |_, _| ())?;
    ensure!(store.projection_digests()? == before, "重建后投影不同 / a rebuild gives other projections");
    Ok(format!("{acts} 项办理无一丢失、无一重复；{matters} 件事项与推演相同；核验通过；重建相同"))
}
