//! `/catalogue`: the shares as a data catalogue, DCAT-AP in JSON-LD, so that catalogues of other counties and of the province can read it.

use super::{Answered, ROOT};
use crate::problem::Problem;
use crate::sharing::{Offered, catalogue};
use crate::site::{App, Running, work};
use crate::visit::Visitor;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use engine::rights::party_name;
use regulation::model::Label;
use regulation::model::share::{Refresh, Terms};
use serde_json::{Value, json};
use std::sync::Arc;
use store::Snapshot;

/// JSON for linked data (W3C).
pub(super) const JSON_LD: &str = "application/ld+json";
/// Vocabularies of the Publications Office of the European Union, which DCAT-AP asks for.
const FREQUENCY: &str = "http://publications.europa.eu/resource/authority/frequency/";
const ACCESS: &str = "http://publications.europa.eu/resource/authority/access-right/";

/// The catalogue.
pub(super) async fn show(state: State<Arc<Running>>, visitor: Visitor) -> Answered {
    let app: App = state;
    let answer = work(&app, move |app| app.read(|snapshot| document(snapshot, &visitor, &app.site.public_url))).await?;
    Ok(([(CONTENT_TYPE, JSON_LD)], answer.to_string()).into_response())
}

fn document(snapshot: &dyn Snapshot, visitor: &Visitor, site: &str) -> Result<Value, Problem> {
    let datasets: Result<Vec<Value>, Problem> =
        catalogue(snapshot, visitor).iter().map(|offered| dataset(offered, visitor, site)).collect();
    let datasets = datasets?;
    snapshot.fault()?;
    Ok(json!({
        "@context": {
            "dcat": "http://www.w3.org/ns/dcat#",
            "dct": "http://purl.org/dc/terms/",
            "foaf": "http://xmlns.com/foaf/0.1/",
            "xsd": "http://www.w3.org/2001/XMLSchema#",
        },
        "@id": format!("{site}{ROOT}/catalogue"),
        "@type": "dcat:Catalog",
        "dct:title": [{ "@language": "zh", "@value": format!("{}数据资源目录", visitor.county) }],
        "dct:description": [{ "@language": "zh", "@value": "本县各单位按规定提供给其他单位的数据" }],
        "dct:publisher": { "@type": "foaf:Agent", "foaf:name": visitor.county },
        "foaf:homepage": { "@id": format!("{site}/shares") },
        "dcat:dataset": datasets,
    }))
}

fn dataset(offered: &Offered<'_>, visitor: &Visitor, site: &str) -> Result<Value, Problem> {
    let share = offered.share;
    let page = format!("{site}{}", offered.address());
    let columns: Vec<&str> = offered.fields().map(|field| field.label.zh.as_str()).collect();
    let note =
        share.note.as_ref().map_or_else(|| columns.join("、"), |note| format!("{} {}", note.zh, columns.join("、")));
    let mut dataset = json!({
        "@id": page,
        "@type": "dcat:Dataset",
        "dct:identifier": share.name,
        "dct:title": in_languages(&share.title),
        "dct:description": [{ "@language": "zh", "@value": if note.is_empty() { share.title.zh.clone() } else { note } }],
        "dct:publisher": { "@type": "foaf:Agent", "dct:identifier": party_name(&share.owner), "foaf:name": offered.provider(visitor.lang) },
        "dct:accrualPeriodicity": { "@id": format!("{FREQUENCY}{}", frequency(share.update)) },
        "dct:accessRights": { "@id": format!("{ACCESS}{}", rights(share.terms)) },
        "dct:isReferencedBy": { "@id": format!("{site}/gazette/{}", offered.regulation.id) },
        "dcat:landingPage": { "@id": page },
    });
    if let Some(on) = offered.freshness()?.changed_on {
        dataset["dct:modified"] = json!({ "@type": "xsd:date", "@value": on.to_string() });
    }
    if let Some(ground) = &share.ground {
        dataset["dct:rights"] = json!(in_languages(ground));
    }
    if share.terms != Terms::NotShared {
        dataset["dcat:distribution"] = json!([{
            "@type": "dcat:Distribution",
            "dct:title": [{ "@language": "zh", "@value": "接口" }],
            "dcat:accessURL": { "@id": format!("{site}{ROOT}{}/rows", offered.address()) },
            "dcat:mediaType": { "@id": "https://www.iana.org/assignments/media-types/application/json" },
            "dct:conformsTo": { "@id": format!("{site}{ROOT}/openapi.json") },
        }]);
    }
    Ok(dataset)
}

fn in_languages(label: &Label) -> Vec<Value> {
    let zh = json!({ "@language": "zh", "@value": label.zh });
    let en = label.en.as_ref().map(|en| json!({ "@language": "en", "@value": en }));
    std::iter::once(zh).chain(en).collect()
}

fn frequency(update: Refresh) -> &'static str {
    match update {
        Refresh::Realtime => "CONT",
        Refresh::Daily => "DAILY",
        Refresh::Weekly => "WEEKLY",
        Refresh::Monthly => "MONTHLY",
        Refresh::Quarterly => "QUARTERLY",
        Refresh::Yearly => "ANNUAL",
        Refresh::Once => "NEVER",
    }
}

/// Who may have it, as that vocabulary tells it. What other offices have is not the public's.
fn rights(terms: Terms) -> &'static str {
    match terms {
        Terms::Unconditional | Terms::Conditional => "RESTRICTED",
        Terms::NotShared => "NON_PUBLIC",
    }
}
