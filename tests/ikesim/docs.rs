//! Every command shown in the README and in docs/ works as printed; so do the transcripts in tests/cmd.

#[test]
fn commands_work_as_printed() {
    trycmd::TestCases::new()
        .case("README.md")
        .case("docs/*.md")
        .case("tests/cmd/*.md")
        .register_bin("ikesim", trycmd::cargo::cargo_bin!("ikesim"));
}
