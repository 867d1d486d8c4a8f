"""Letter texts changed by the office: working copy, check, difference, second person, versions, drafts that keep theirs."""

import io
import zipfile

import pytest

from portal.acts import Conflict, Refused
from portal.correspondence import lettertexts, lettertypes, samples, text_files, verbs
from portal.correspondence.letters import letter_types
from portal.correspondence.model import Letter
from portal.journal import Entry

CODE = "ref_mission"


@pytest.fixture
def type_():
    return letter_types()[CODE]


@pytest.fixture
def changed(type_):
    """The shipped text with one sentence more."""
    return type_.wording["id"].rstrip() + "\n<p>Kalimat baru untuk ${worker_name}.</p>\n"


def write(office, type_, text, who="rudi", **more):
    with office.world.act(who) as act:
        return lettertexts.fingerprint(lettertexts.write(act, type_, "id", text, **more))


def approve(office, type_, who="rina", **more):
    with office.world.act(who) as act:
        return lettertexts.approve(act, type_, "id", **more).number


def test_a_text_holds_once_another_person_has_approved_it_and_drafts_keep_theirs(office, type_, changed):
    case = office.case()
    before = office.draft(case)
    write(office, type_, changed)
    assert "Kalimat baru" not in office.letter(office.draft(case)).body
    with pytest.raises(Refused):
        approve(office, type_, "rudi")
    assert approve(office, type_) == 1
    after = office.letter(office.draft(case))
    assert ("Kalimat baru" in after.body, after.text_version) == (True, 1)
    assert "Kalimat baru" not in office.letter(before).body
    with office.site.sessions() as session:
        assert lettertexts.drafts(session) == {(CODE, "id", 0): 2, (CODE, "id", 1): 1}


def test_who_had_a_hand_in_a_text_does_not_put_it_in_force(office, type_, changed):
    write(office, type_, changed, who="maya")
    write(office, type_, changed + "<p>Dua.</p>", who="rina")
    for writer in ("maya", "rina"):
        with pytest.raises(Refused):
            approve(office, type_, writer)
    assert approve(office, type_, "dewi") == 1


def test_a_draft_in_its_usual_words_takes_the_other_languages_text_in_force(office, type_):
    letter = office.draft(office.case())
    english = type_.wording["en"].rstrip() + "\n<p>A new sentence.</p>\n"
    with office.world.act("rudi") as act:
        lettertexts.write(act, type_, "en", english)
    with office.world.act("rina") as act:
        lettertexts.approve(act, type_, "en")
    with office.world.act("agus") as act:
        verbs.amend(act, act.session.get_one(Letter, letter), language="en")
    found = office.letter(letter)
    assert ("A new sentence." in found.body, found.text_version) == (True, 1)


def test_the_subject_is_part_of_the_text_and_follows_the_fields_of_its_letter(office, type_, changed):
    write(office, type_, changed, subject="Mohon pelindungan ${worker_name}")
    assert office.letter(office.draft(office.case())).title != "Mohon pelindungan Siti Rahayu"
    approve(office, type_)
    letter = office.draft(office.case())
    assert office.letter(letter).title == "Mohon pelindungan Siti Rahayu"
    office.do("agus", "amend", letter, fields={"worker_name": "Sri Rahayu"})
    assert office.letter(letter).title == "Mohon pelindungan Sri Rahayu"
    with pytest.raises(Refused) as refusal:
        write(office, type_, changed, subject="Mohon ${siapa}")
    assert [reason.field for reason in refusal.value.reasons] == ["subject"]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ("<p>${siapa}</p>", "tidak dikenal"),
        ("<p>${worker_name</p>", "tidak ditutup"),
        ("<p>${worker_name.__class__}</p>", "bukan nama ruas"),
        ("<script>x</script>", "tidak diizinkan"),
        ('<p onclick="x">a</p>', "tidak diizinkan"),
        ("<h3>Judul</h3>", "judul pertama"),
    ],
)
def test_what_the_folders_may_not_say_the_office_may_not_either(office, type_, changed, wrong, words):
    text = wrong + changed if "h3" in wrong else changed + wrong
    with pytest.raises(Refused) as refusal:
        write(office, type_, text)
    assert any(words in reason.text("id") for reason in refusal.value.reasons)
    assert {reason.field for reason in refusal.value.reasons} == {"wording"}


def test_a_field_that_no_text_uses_any_more_is_named(office):
    with pytest.raises(Refused) as refusal:
        write(office, letter_types()["receipt"], "<p>Tanpa ruas.</p>")
    assert "tidak dipakai" in refusal.value.reasons[0].text("id")


def test_who_was_overtaken_is_told(office, type_, changed):
    seen = write(office, type_, changed)
    write(office, type_, changed + "<p>Dua.</p>", who="maya", seen=seen)
    with pytest.raises(Conflict):
        write(office, type_, changed + "<p>Tiga.</p>", seen=seen)
    with pytest.raises(Conflict):
        approve(office, type_, seen=seen)


def test_a_former_text_comes_back_as_a_working_copy_and_is_approved_again(office, type_, changed):
    write(office, type_, changed)
    approve(office, type_)
    with office.world.act("rudi") as act:
        lettertexts.bring_back(act, type_, "id", 0)
    assert approve(office, type_) == 2
    with office.site.sessions() as session:
        assert lettertexts.in_force(session, type_, "id").wording.split() == type_.wording["id"].split()
        assert [v.state for v in lettertexts.versions(session, type_, "id")] == ["in_force", "former"]
        assert session.query(Entry).where(Entry.event == "letter_text_approved").count() == 2


def test_texts_travel_as_the_folder_that_the_portal_reads(office, type_, changed, tmp_path):
    write(office, type_, changed)
    approve(office, type_)
    with office.site.sessions() as session:
        content = text_files.exported(session)
    tmp_path = tmp_path / "letters"
    zipfile.ZipFile(io.BytesIO(content)).extractall(tmp_path)
    assert lettertypes.check(tmp_path) == []
    assert "Kalimat baru" in lettertypes.load(tmp_path)[CODE].wording["id"]
    with office.world.act("rudi") as act, pytest.raises(Refused):
        text_files.imported(act, content)
    toml = tmp_path / CODE / "letter.toml"
    toml.write_text(toml.read_text("utf-8").replace('subjects = { id = "', 'subjects = { id = "Segera: '), "utf-8")
    file = tmp_path / CODE / "wording.id.html"
    file.write_text(changed + "<p>Dari luar.</p>\n", "utf-8")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.write(file, f"letters/{CODE}/wording.id.html")
        archive.write(toml, f"letters/{CODE}/letter.toml")
        archive.writestr("../../etc/passwd", "x")
    with office.world.act("rudi") as act:
        assert text_files.imported(act, out.getvalue()) == [(CODE, "id")]
    approve(office, type_)
    letter = office.letter(office.draft(office.case()))
    assert "Dari luar" in letter.body
    assert letter.title.startswith("Segera: ")
    with office.site.sessions() as session:
        again = zipfile.ZipFile(io.BytesIO(text_files.exported(session))).read(f"{CODE}/letter.toml").decode()
    assert again == toml.read_text("utf-8")
    for broken in (b"", b"PK\x03\x04", b"text"):
        with office.world.act("rudi") as act, pytest.raises(Refused):
            text_files.imported(act, broken)


def test_the_command_line_names_a_text_that_does_not_fit_its_type_any_more(office, type_, changed):
    write(office, type_, changed)
    approve(office, type_)
    with office.site.act() as act:
        lettertexts.versions(act.session, type_, "id")[0].wording = "<p>${hilang}</p>"
        act.session.flush()
        assert any("hilang" in line for line in lettertexts.all_faults(act.session))


def test_two_people_change_a_text_in_their_browsers(office, enter, type_, changed):
    rudi, rina = enter("rudi"), enter("rina")
    page = rudi.get("/letters/texts")
    page = page.click(type_.name, href=f"{CODE}/id")
    form = next(f for f in page.forms.values() if "wording" in f.fields)
    form["wording"] = changed + "<p>${salah}</p>"
    page = form.submit("save", expect_errors=True)
    assert page.status_int == 422
    assert "tidak dikenal" in page.html.select_one(".fault").text
    form = next(f for f in page.forms.values() if "wording" in f.fields)
    assert "${salah}" in form["wording"].value
    form["wording"] = changed
    page = form.submit("save").follow()
    assert "Kalimat baru" in page.html.select_one(".diff ins").text
    assert "Berlakukan" not in [b.text for b in page.html.select("button")]
    assert rudi.get(f"/letters/text-preview/{CODE}/id").body.startswith(b"%PDF-")
    page = rina.get(f"/letters/text/{CODE}/id")
    done = next(f for f in page.forms.values() if "text-approve" in f.action).submit().follow()
    assert "versi 1" in done.text
    assert "versi 1" in rudi.get("/letters/texts").text
    back = next(f for f in done.forms.values() if "text-back" in f.action).submit().follow()
    assert "salinan kerja" in back.text
    assert enter("dewi").get("/letters/texts", expect_errors=True).status_int in {403, 404}


@pytest.mark.parametrize("code", sorted(letter_types()))
def test_every_shipped_text_has_a_sample(code):
    found = letter_types()[code]
    for language in found.languages:
        text = lettertexts.shipped(found, language)
        body = samples.page(found, language, text, unit="Unit", speed="Biasa")["body_html"]
        assert '<mark class="missing">' not in body
