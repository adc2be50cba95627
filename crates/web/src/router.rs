//! Every address of the site, in reading order. The pages are a table, so that tests can go through them; the
//! interface for programs has its own.

use crate::api;
use crate::pages::{
    account, admin, apply, check, clock, deliveries, desk, divisions, documents, drafts, duties, editor, everything,
    examined, funds, gazette, home, keeping, keys, lists, log, matter, notices, past_issues, places, plots, posts,
    publications, readings, registers, reports, services, shares, sign_in, styleguide, track, verify, webhooks,
};
use crate::problem::Problem;
use crate::site::{Running, Site};
use crate::{assets, foreign, visit};
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::header::{
    CONTENT_SECURITY_POLICY, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::from_fn_with_state;
use axum::routing::{MethodRouter, get, post};
use std::sync::Arc;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::predicate::{DefaultPredicate, NotForContentType, Predicate};
use tower_http::compression::{CompressionLayer, CompressionLevel};
use tower_http::set_header::SetResponseHeaderLayer;

/// What a request may carry at most: some files of 20 MB.
const BODY_BYTES_MAX: usize = 64 * 1024 * 1024;

/// What the forms for signing in carry at most: what was typed elsewhere before a session ended goes along (see [`crate::sent::Kept`]).
const SIGN_IN_BYTES_MAX: usize = 4 * 1024 * 1024;

/// Scripts and styles come from the site itself, never from a page; no page can be framed.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data: blob:; connect-src 'self'; \
                      form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/// Windows of other sites cannot reach ours, nor their pages take in what we answer.
const OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// Nothing of the reader's device is asked for: pictures are taken by the browser's own file field.
const PERMISSIONS_POLICY: HeaderName = HeaderName::from_static("permissions-policy");
const PERMISSIONS: &str = "camera=(), geolocation=(), microphone=(), payment=(), usb=()";

/// For how long a browser keeps to HTTPS.
const ONE_YEAR: &str = "max-age=31536000; includeSubDomains";

/// An address with the methods it takes.
pub struct Route {
    /// Path as axum writes it.
    pub path: &'static str,
    /// Methods.
    pub methods: &'static [&'static str],
    handlers: fn() -> MethodRouter<Arc<Running>>,
}

const fn page(
    path: &'static str,
    methods: &'static [&'static str],
    handlers: fn() -> MethodRouter<Arc<Running>>,
) -> Route {
    Route { path, methods, handlers }
}

/// A limit of its own for what strangers may send; it goes before that of the whole site.
fn at_most(bytes: usize) -> DefaultBodyLimit {
    DefaultBodyLimit::max(bytes)
}

/// A file to verify, and the form around it.
const EXAMINED_BYTES_MAX: usize = examined::FILE_BYTES_MAX + 64 * 1024;

const GET: &[&str] = &["GET"];
const POST: &[&str] = &["POST"];
const BOTH: &[&str] = &["GET", "POST"];

/// The pages.
pub const PAGES: &[Route] = &[
    page("/", GET, || get(home::show)),
    page("/gazette", GET, || get(publications::index::show)),
    page("/gazette/issues/{issue}", GET, || get(publications::text::issue)),
    page("/gazette/documents/{series}/{year}/{serial}", GET, || get(publications::text::document)),
    page("/gazette/items/{matter}", GET, || get(publications::text::item)),
    page("/gazette/items/{matter}/files/{digest}", GET, || get(publications::text::file)),
    page("/gazette/feed.atom", GET, || get(publications::feeds::all)),
    page("/gazette/feeds/{series}", GET, || get(publications::feeds::series)),
    page("/sitemap.xml", GET, || get(publications::feeds::sitemap)),
    page("/robots.txt", GET, || get(publications::feeds::robots)),
    page("/gazette/{regulation}", GET, || get(gazette::show)),
    page("/gazette/{regulation}/definitions", GET, || get(gazette::definitions)),
    page("/services", GET, || get(home::services_page)),
    page("/services/{procedure}", GET, || get(services::show)),
    page("/services/{procedure}/check", BOTH, || get(check::show).post(check::answer)),
    page("/services/{procedure}/check/asked", POST, || post(check::asked)),
    page("/services/{procedure}/apply", BOTH, || get(apply::show).post(apply::begin)),
    page("/drafts/{draft}/{step}", BOTH, || get(drafts::step).post(drafts::save)),
    page("/drafts/{draft}/review", GET, || get(drafts::review)),
    page("/drafts/{draft}/asked", POST, || post(drafts::asked)),
    page("/drafts/{draft}/submit", POST, || post(drafts::submit)),
    page("/drafts/{draft}/lists/{field}", GET, || get(lists::marked)),
    page("/drafts/{draft}/drop", POST, || post(drafts::drop)),
    page("/forms/{form}/template", GET, || get(lists::template)),
    page("/track", GET, || get(track::show)),
    page("/track/everything", GET, || get(everything::show)),
    page("/messages/seen", POST, || post(track::seen)),
    page("/matters/{matter}", BOTH, || get(matter::show).post(matter::reveal)),
    page("/matters/{matter}/archive.zip", GET, || get(matter::archive::show)),
    page("/matters/{matter}/notes", BOTH, || get(matter::notes::show).post(matter::notes::submit)),
    page("/matters/{matter}/receipt", GET, || get(matter::receipt::show)),
    page("/matters/{matter}/files/{digest}", GET, || get(matter::files::show)),
    page("/matters/{matter}/lists/{field}", GET, || get(lists::filed)),
    page("/matters/{matter}/forms/{form}", GET, || get(matter::files::form)),
    page("/matters/{matter}/acts/{act}", BOTH, || get(matter::act::show).post(matter::act::submit)),
    page("/matters/{matter}/acts/{act}/asked", POST, || post(matter::act::asked)),
    page("/desk", GET, || get(desk::show)),
    page("/desk/together", BOTH, || get(desk::together::show).post(desk::together::submit)),
    page("/desk/views", POST, || post(desk::view)),
    page("/desk/week", GET, || get(desk::week::show)),
    page("/desk/deadlines.ics", GET, || get(desk::week::deadlines)),
    page("/editor", BOTH, || get(editor::index).post(editor::begin)),
    page("/editor/findings/{code}", GET, || get(editor::explained::show)),
    page("/editor/{draft}", BOTH, || get(editor::show).post(editor::save)),
    page("/editor/{draft}/findings", POST, || post(editor::findings)),
    page("/editor/{draft}/preview", GET, || get(editor::preview)),
    page("/editor/{draft}/changes", GET, || get(editor::changes)),
    page("/editor/{draft}/text", GET, || get(editor::download)),
    page("/editor/{draft}/drop", POST, || post(editor::drop)),
    page("/desk/gazette", BOTH, || get(past_issues::show).post(past_issues::submit)),
    page("/duties", GET, || get(duties::show)),
    page("/duties/{duty}", GET, || get(duties::one)),
    page("/keeping", GET, || get(keeping::show)),
    page("/keeping/registers/{register}", GET, || get(keeping::register)),
    page("/keeping/procedures/{procedure}", GET, || get(keeping::procedure)),
    page("/reports", GET, || get(reports::index::show)),
    page("/reports/{regulation}/{view}", GET, || get(reports::show)),
    page("/reports/{regulation}/{view}/excel", GET, || get(reports::excel::show)),
    page("/funds", GET, || get(funds::index)),
    page("/funds/mine", GET, || get(funds::mine)),
    page("/funds/{fund}", GET, || get(funds::fund)),
    page("/funds/{fund}/-/{kind}", GET, || get(funds::files::fund)),
    page("/funds/{fund}/{account}", GET, || get(funds::account)),
    page("/funds/{fund}/{account}/-/{kind}", GET, || get(funds::files::account)),
    page("/funds/{fund}/{account}/statement", GET, || get(funds::statement)),
    page("/funds/{fund}/{account}/statement/-/{kind}", GET, || get(funds::files::statement)),
    page("/shares", GET, || get(shares::index)),
    page("/shares/-/excel", GET, || get(shares::excel::show)),
    page("/shares/{regulation}/{share}", GET, || get(shares::show)),
    page("/shares/{regulation}/{share}/uses", GET, || get(shares::owner::uses)),
    page("/shares/{regulation}/{share}/quality", GET, || get(shares::owner::quality)),
    page("/readings", GET, || get(readings::show)),
    page("/places", GET, || get(divisions::show)),
    page("/places/{code}", GET, || get(places::show)),
    page("/places/{code}/brief", GET, || get(places::brief)),
    page("/places/{code}/plots", GET, || get(plots::show)),
    page("/places/{code}/plots.geojson", GET, || get(plots::file)),
    page("/posts", GET, || get(posts::show)),
    page("/posts/{post}", GET, || get(posts::one)),
    page("/plots/plan", POST, || post(plots::plan)),
    page("/registers", GET, || get(registers::index)),
    page("/registers/{register}", GET, || get(registers::show)),
    page("/registers/{register}/-/views", POST, || post(registers::view)),
    page("/registers/{register}/-/excel", BOTH, || get(registers::excel::show).post(registers::excel::in_full)),
    page("/registers/{register}/-/template", GET, || get(registers::excel::template)),
    page("/registers/{register}/-/import", BOTH, || get(registers::import::show).post(registers::import::upload)),
    page("/registers/{register}/-/import/{import}", GET, || get(registers::import::standing)),
    page("/registers/{register}/-/import/{import}/columns", BOTH, || {
        get(registers::columns::show).post(registers::columns::chosen)
    }),
    page("/registers/{register}/-/import/{import}/sheet", GET, || get(registers::import::marked)),
    page("/registers/{register}/-/import/{import}/confirm", POST, || post(registers::import::do_import)),
    page("/registers/{register}/-/import/{import}/drop", POST, || post(registers::import::drop)),
    page("/registers/{register}/-/enter", BOTH, || get(registers::edit::enter).post(registers::edit::do_enter)),
    page("/registers/{register}/-/enter/asked", POST, || post(registers::edit::enter_asked)),
    page("/registers/{register}/{key}", BOTH, || get(registers::row::show).post(registers::row::reveal)),
    page("/registers/{register}/{key}/files/{digest}", GET, || get(registers::row::file)),
    page("/registers/{register}/{key}/change", BOTH, || get(registers::edit::change).post(registers::edit::do_change)),
    page("/registers/{register}/{key}/change/asked", POST, || post(registers::edit::change_asked)),
    page("/registers/{register}/{key}/close", BOTH, || get(registers::edit::close).post(registers::edit::do_close)),
    page("/notices", GET, || get(notices::show)),
    page("/verify", BOTH, || get(verify::ask).post(examined::submit).layer(at_most(EXAMINED_BYTES_MAX))),
    page("/verify/{code}", GET, || get(verify::show)),
    page("/log", GET, || get(log::show)),
    page("/log/checkpoint", GET, || get(log::newest)),
    page("/log/checkpoints/{step}", GET, || get(log::checkpoint)),
    page("/log/tile/{*path}", GET, || get(log::tile)),
    page("/log/proofs/{seq}", GET, || get(log::proof)),
    page("/log/consistency/{old}/{new}", GET, || get(log::consistency)),
    page("/documents/{id}", GET, || get(documents::show)),
    page("/sign-in", BOTH, || get(sign_in::show).post(sign_in::submit).layer(at_most(SIGN_IN_BYTES_MAX))),
    page("/sign-in/code", BOTH, || {
        get(sign_in::code::show).post(sign_in::code::submit).layer(at_most(SIGN_IN_BYTES_MAX))
    }),
    page("/sign-in/passkey", BOTH, || {
        get(sign_in::passkey::ask).post(sign_in::passkey::submit).layer(at_most(SIGN_IN_BYTES_MAX))
    }),
    page("/sign-in/provider", GET, || get(sign_in::provider::begin)),
    page("/sign-in/provider/return", GET, || get(sign_in::provider::arrive)),
    page("/sign-out", POST, || post(sign_in::sign_out)),
    page("/account", BOTH, || get(account::show).post(account::submit)),
    page("/account/calendar", BOTH, || get(account::calendar::show).post(account::calendar::submit)),
    page("/calendar/{file}", GET, || get(account::calendar::feed)),
    page("/account/data", GET, || get(account::data::show)),
    page("/account/password", BOTH, || get(account::password::show).post(account::password::submit)),
    page("/account/second-factor", BOTH, || get(account::factor::show).post(account::factor::submit)),
    page("/account/passkeys", BOTH, || get(account::passkeys::show).post(account::passkeys::submit)),
    page("/account/sessions", BOTH, || get(account::sessions::show).post(account::sessions::submit)),
    page("/deliveries", BOTH, || get(deliveries::show).post(deliveries::again)),
    page("/admin", GET, || get(admin::show)),
    page("/admin/accounts", BOTH, || get(admin::accounts::show).post(admin::accounts::submit)),
    page("/admin/sessions", BOTH, || get(admin::sessions::show).post(admin::sessions::submit)),
    page("/admin/emergencies", GET, || get(admin::emergencies::show)),
    page("/admin/looks", GET, || get(admin::looks::show)),
    page("/admin/looks/excel", GET, || get(admin::looks::excel)),
    page("/admin/looks/csv", GET, || get(admin::looks::csv)),
    page("/admin/events", GET, || get(admin::events::show)),
    page("/admin/events/excel", GET, || get(admin::events::excel)),
    page("/admin/webhooks", BOTH, || get(webhooks::show).post(webhooks::submit)),
    page("/admin/keys", BOTH, || get(keys::show).post(keys::submit)),
    page("/clock", BOTH, || get(clock::show).post(clock::advance)),
    page("/admin/styleguide", GET, || get(styleguide::show)),
];

/// The router of a site.
pub fn serve(site: Site) -> Router {
    let running = Arc::new(Running::new(site));
    let secure = running.site.secure;
    let add = |router: Router<Arc<Running>>, route: &Route| router.route(route.path, (route.handlers)());
    let pages = PAGES.iter().fold(Router::new(), add);
    let router = pages
        .merge(api::routes())
        .fallback(async || Problem::not_found("没有这个页面", "There is no such page"))
        .layer((
            DefaultBodyLimit::max(BODY_BYTES_MAX),
            from_fn_with_state(Arc::clone(&running), visit::guard),
            from_fn_with_state(Arc::clone(&running), foreign::check),
        ))
        .with_state(running);
    // Only where the site is reached over HTTPS alone; a browser that was told so once asks for nothing else.
    if secure { protected(router).layer(header(STRICT_TRANSPORT_SECURITY, ONE_YEAR)) } else { protected(router) }
}

/// A router with the files that pages need, and with what every answer says to browsers.
pub(crate) fn protected(router: Router) -> Router {
    router
        .route("/assets/{name}", get(assets::show))
        // As one layer, the outermost first: each is a box around every route, copied for every request.
        .layer((
            CatchPanicLayer::new(),
            header(REFERRER_POLICY, "same-origin"),
            header(X_FRAME_OPTIONS, "DENY"),
            header(X_CONTENT_TYPE_OPTIONS, "nosniff"),
            header(CONTENT_SECURITY_POLICY, POLICY),
            header(OPENER_POLICY, "same-origin"),
            header(RESOURCE_POLICY, "same-origin"),
            header(PERMISSIONS_POLICY, PERMISSIONS),
            // An archive package is packed already.
            CompressionLayer::new()
                .gzip(true)
                .quality(CompressionLevel::Best)
                .compress_when(DefaultPredicate::new().and(NotForContentType::const_new("application/zip"))),
        ))
}

fn header(name: HeaderName, value: &'static str) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
}
