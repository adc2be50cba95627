//! The reasons for a date, as people read them.

use calendar::{Due, Holidays, Rules, Suspension, Why, due, due_at, suspend, suspend_at};
use jiff::civil::{Date, date};

#[test]
fn working_days_are_told_one_by_one() {
    let posted = due_of(date(2022, 1, 28), "5 working-days", &Rules::default());
    assert_eq!(
        zh(&posted),
        [
            "2022年1月28日为起始当日，不计入（民法典第二百零一条）。",
            "2022年1月29日（星期六，春节调休上班）计为第1个工作日。",
            "2022年1月30日（星期日，春节调休上班）计为第2个工作日。",
            "2022年1月31日（星期一，春节放假）不计。",
            "2022年2月1日（星期二，春节放假）不计。",
            "2022年2月2日（星期三，春节放假）不计。",
            "2022年2月3日（星期四，春节放假）不计。",
            "2022年2月4日（星期五，春节放假）不计。",
            "2022年2月5日（星期六，春节放假）不计。",
            "2022年2月6日（星期日，春节放假）不计。",
            "2022年2月7日（星期一）计为第3个工作日。",
            "2022年2月8日（星期二）计为第4个工作日。",
            "2022年2月9日（星期三）计为第5个工作日。",
            "期限至2022年2月9日24时届满。",
        ]
    );
    let english = en(&posted);
    assert_eq!(english[1], "29 January 2022 (Saturday, make-up working day for Spring Festival) is working day 1.");
    assert_eq!(english[3], "31 January 2022 (Monday, off for Spring Festival) does not count.");
}

#[test]
fn calendar_days_are_summed_up_and_rolls_told() {
    let received = due_of(date(2022, 3, 1), "5 days", &Rules::default());
    assert_eq!(
        en(&received),
        [
            "1 March 2022, the day of the event, does not count (Civil Code art. 201).",
            "5 days from 2 March 2022 end on 6 March 2022.",
            "6 March 2022 (Sunday, weekend) is not a working day: the end moves on.",
            "The last day moves to 7 March 2022 (Monday) (Civil Code art. 203).",
            "The term ends on 7 March 2022 at 24:00.",
        ]
    );
}

#[test]
fn a_missing_corresponding_day_is_told() {
    let due = due_of(date(2024, 2, 29), "2 years", &Rules::default());
    assert!(zh(&due).contains(&"2026年2月没有29日，以月末日2026年2月28日为对应日（民法典第二百零二条）。".to_owned()));
}

#[test]
fn hours_are_told_with_their_moments() {
    let from = date(2022, 2, 4).at(22, 15, 0, 0);
    let term = "4 hours".parse().unwrap();
    let to = due_at(from, term).unwrap();
    let ran = Why::Ran { from, to, term };
    assert_eq!(
        ran.zh(),
        "自2022年2月4日22:15起算4小时，至2022年2月5日02:15；按小时计算，昼夜和休息日连续计算，不顺延（民法典第二百零一条）。"
    );
    assert!(ran.en().starts_with("4 hours from 4 February 2022 at 22:15 end on 5 February 2022 at 02:15"));
    let stood = (date(2022, 2, 4).at(23, 0, 0, 0), date(2022, 2, 4).at(23, 30, 0, 0));
    let until = suspend_at(to, stood).unwrap();
    let told = Why::StoodStill { from: stood.0, to: stood.1, until };
    assert_eq!(told.zh(), "2022年2月4日23:00起中止，2022年2月4日23:30恢复计算，余下的时间至2022年2月5日02:45。");
    assert_eq!(Why::EndsAt { at: until }.zh(), "期限至2022年2月5日02:45届满。");
}

#[test]
fn standing_still_after_the_end_changes_nothing() {
    let end = date(2022, 3, 4).at(14, 0, 0, 0);
    let late = (date(2022, 3, 4).at(14, 0, 1, 0), date(2022, 3, 5).at(9, 0, 0, 0));
    assert_eq!(suspend_at(end, late), Ok(end));
    assert!(suspend_at(end, (late.1, late.0)).is_err());
}

#[test]
fn a_receipt_on_a_day_off_is_told() {
    let rules = Rules { receipt_next_working_day: true, ..Rules::default() };
    let due = due_of(date(2022, 3, 5), "3 days", &rules);
    assert_eq!(
        zh(&due),
        [
            "2022年3月5日（星期六，休息日）不是工作日，视为2022年3月7日收到。",
            "2022年3月7日为起始当日，不计入（民法典第二百零一条）。",
            "自2022年3月8日起算3日，至2022年3月10日。",
            "期限至2022年3月10日24时届满。",
        ]
    );
}

#[test]
fn an_assumed_year_is_told_once() {
    let (rules, holidays) = (Rules::default(), Holidays::built_in());
    let assumed = |due: &Due| {
        let said = zh(due).into_iter();
        said.filter(|sentence| sentence.starts_with("2027年的放假安排尚未公布")).count()
    };
    let due = due_of(date(2026, 12, 30), "10 working-days", &rules);
    assert_eq!(assumed(&due), 1);
    let stopped = Suspension { from: date(2027, 1, 5), to: date(2027, 1, 7) };
    assert_eq!(assumed(&suspend(&due, stopped, &rules, &holidays).unwrap()), 1);
}

#[test]
fn a_suspension_is_told_between_the_days_before_and_after() {
    let (rules, holidays) = (Rules::default(), Holidays::built_in());
    let before = due_of(date(2022, 3, 4), "5 working-days", &rules);
    let stopped = Suspension { from: date(2022, 3, 9), to: date(2022, 3, 14) };
    let after = suspend(&before, stopped, &rules, &holidays).unwrap();
    assert_eq!(
        zh(&after)[1..],
        [
            "2022年3月5日（星期六，休息日）不计。",
            "2022年3月6日（星期日，休息日）不计。",
            "2022年3月7日（星期一）计为第1个工作日。",
            "2022年3月8日（星期二）计为第2个工作日。",
            "2022年3月9日起中止，2022年3月14日恢复计算，余下3个工作日，至2022年3月16日。",
            "2022年3月14日（星期一）计为第3个工作日。",
            "2022年3月15日（星期二）计为第4个工作日。",
            "2022年3月16日（星期三）计为第5个工作日。",
            "期限至2022年3月16日24时届满。",
        ]
    );
}

fn due_of(event_on: Date, term: &str, rules: &Rules) -> Due {
    let term = term.parse().expect("the tests write terms that are read");
    due(event_on, term, rules, &Holidays::built_in()).expect("the tests stay within the data")
}

fn zh(due: &Due) -> Vec<String> {
    due.why.iter().map(|why| why.zh()).collect()
}

fn en(due: &Due) -> Vec<String> {
    due.why.iter().map(|why| why.en()).collect()
}
