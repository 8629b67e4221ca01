use super::*;

#[test]
fn each_symptom_says_what_and_why_and_what_to_do() {
    for symptom in all() {
        let failure = symptom.explain();
        assert!(!symptom.marks.is_empty() && symptom.marks.iter().all(|marks| marks.iter().all(|mark| mark.len() > 4)), "{symptom:?}");
        assert!(!symptom.causes.is_empty() && !symptom.fix.is_empty(), "{symptom:?}");
        assert!(!failure.message.ends_with('.') && failure.hints.len() >= symptom.causes.len(), "{failure:?}");
        // sentences of their own begin with a capital letter
        assert!(failure.hints.iter().all(|hint| hint.starts_with(|c: char| c.is_ascii_uppercase())), "{failure:?}");
    }
}

#[test]
fn no_mark_hides_another() {
    for symptom in all() {
        for marks in symptom.marks {
            let text = marks.join(" … ");
            let found = find(&text).unwrap();
            assert_eq!(found.explain(), symptom.explain(), "{text}");
        }
    }
}
