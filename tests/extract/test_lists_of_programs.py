"""Lists that programs keep: GnuPG's trustlist.txt, macOS' keychains, literals in source code."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.errors import DocumentError
from pipeline.extract import extract
from tests.certificates import issue

ROOTS = [
    ("0badc0de" * 5, "0badc0de" * 8, "Nobody Root CA - G2"),
    ("0badf00d" * 5, "0badf00d" * 8, "Somebody Root CA 01"),
    ("5eedc0de" * 5, "5eedc0de" * 8, "Kök CA"),
]
LABELLED = [(digits, name) for digits, _, name in ROOTS]
OTHER = "c0ffee00" * 5


def read(path: Path, text: str) -> tuple[list[tuple[str, str]], list[str]]:
    path.write_text(text, encoding="utf-8")
    found = extract(path, limits=None, known={})
    rows = [(row.fingerprint, row.subject) for row in found.rows]
    return rows, [f"{each.text} | {each.hint}" for each in found.problems]


def release(path: Path) -> set[str]:
    return {row.release for row in extract(path, limits=None, known={}).rows}


# --- GnuPG -----------------------------------------------------------------------------------


def test_a_trust_list_of_gnupg(tmp_path: Path) -> None:
    colons = ":".join(["5E", "ED", "C0", "DE"] * 5)
    text = (
        "# Keys that this host trusts.\n# Release 14.2(1)\n\ninclude-default\n\n"
        f"# CN=Nobody Root\n# O=Nobody\\, Inc.\n# C=XX\n{'0BADC0DE' * 5} S relax\n\n"
        f"# CN=Somebody Root,O=Somebody,C=YY\n# Checked by phone.\n{'0badf00d' * 5} * cm qual\n\n"
        f"# CN=Old Root,C=ZZ\n!{colons} S\n\n"
        f"# CN=Mail Root,C=ZZ\n{OTHER} P\n"
    )
    rows, problems = read(tmp_path / "trustlist.txt", text)
    assert rows == [
        ("0badc0de" * 5, "CN=Nobody Root, O=Nobody\\, Inc., C=XX"),
        ("0badf00d" * 5, "CN=Somebody Root,O=Somebody,C=YY"),
    ]
    assert release(tmp_path / "trustlist.txt") == {"14.2(1)"}
    includes, disabled, openpgp = sorted(problems, key=lambda each: "include" not in each)
    assert "system-wide" in includes
    assert "5eedc0de" * 5 in disabled
    assert "disabled (!)" in disabled
    assert OTHER in openpgp
    assert "OpenPGP" in openpgp


# --- macOS -----------------------------------------------------------------------------------

_KEY = "A0110A233E96F107ECE2AF29EF82A57FD030A4B4"


def keychain(digits: str, sha256: str, name: str) -> str:
    """What `security find-certificate -a -Z` of macOS 14 prints of a certificate."""
    octal = "".join(chr(b) if b < 128 else f"\\{b:03o}" for b in name.encode())
    label = f'"{name}"' if name.isascii() else f'0x{name.encode().hex().upper()}  "{octal}"'
    return (
        f"SHA-256 hash: {sha256.upper()}\nSHA-1 hash: {digits.upper()}\n"
        'keychain: "/System/Library/Keychains/SystemRootCertificates.keychain"\nversion: 512\n'
        f'class: 0x80001000 \nattributes:\n    "alis"<blob>={label}\n'
        '    "cenc"<uint32>=0x00000003 \n    "ctyp"<uint32>=0x00000001 \n'
        f'    "hpky"<blob>=0x{_KEY}  "\\240\\021\\012#>\\226\\361"\n'
        '    "issu"<blob>=0x3042310B3009060355040613025553  "0B1\\0130\\011\\006\\003"\n'
        f'    "labl"<blob>={label}\n    "skid"<blob>=0x{_KEY}  "\\240\\021\\012#>"\n'
        '    "snbr"<blob>=0x01  "\\001"\n    "subj"<blob>=0x3042310B30090603  "0B1\\0130"\n'
    )


def test_certificates_of_a_keychain(tmp_path: Path) -> None:
    path = tmp_path / "roots.txt"
    text = "Release 14.2(1)\n" + "".join(keychain(*root) for root in ROOTS)
    assert read(path, text) == (LABELLED, [])
    found = extract(path, limits=None, known={})
    assert [row.fingerprint_sha256 for row in found.rows] == [root[1] for root in ROOTS]
    assert release(path) == {"14.2(1)"}


def test_a_keychain_without_digests_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "roots.txt"
    path.write_text("\n".join(keychain(*ROOTS[0]).splitlines()[2:]))
    with pytest.raises(DocumentError, match="find-certificate -a -Z"):
        extract(path, limits=None, known={})


# --- source code -----------------------------------------------------------------------------

CODE = {
    "C++": (
        "std::vector<std::string> list;\n",
        'list.push_back("{digits} {name}");\n',
        "",
    ),
    "Python": ("ROOTS = {{\n", "    '{digits}': '{name}',\n", "}}\n"),
    "Python, with comments": ("ROOTS = (\n", '    "{digits}",  # {name}\n', ")\n"),
    "Nix": ("{{\n", '  # {name}\n  "{digits}" = {{ sslServer = true; }};\n', "}}\n"),
    "Rust": ("[\n", '    // {name}\n    Print::Sha1(hex!("{digits}")),\n', "]\n"),
    "Terraform": ("locals {{\n  roots = {{\n", '    "{name}" = "{digits}"\n', "  }}\n}}\n"),
    "Terraform, objects": (
        "roots = [\n",
        '  {{ name = "{name}", serial = "{other}", sha1 = "{digits}" }},\n',
        "]\n",
    ),
    "Terraform, a line for each field": (
        "roots = [\n",
        '  {{\n    name   = "{name}"\n    serial = "{other}"\n    sha1   = "{digits}"\n  }},\n',
        "]\n",
    ),
    "PowerShell": ("$roots = @(\n", "  @{{ Name = '{name}'; Thumbprint = '{digits}' }}\n", ")\n"),
    "Go": ("var roots = map[string]string{{\n", '\t"{digits}": "{name}",\n', "}}\n"),
}


@pytest.mark.parametrize("language", CODE)
def test_literals_of_source_code(language: str, tmp_path: Path) -> None:
    first, line, last = CODE[language]
    lines = "".join(line.format(digits=d, name=n, other=OTHER) for d, n in LABELLED)
    mark = "#" if language[0] in "PTN" else "//"
    path = tmp_path / "roots"
    text = f"{mark} Release 14.2(1)\n{first.format()}{lines}{last.format()}"
    assert read(path, text) == (LABELLED, [])
    assert release(path) == {"14.2(1)"}


@pytest.mark.parametrize(
    "text",
    [
        'roots: [{{subject: "{0[1]}", sha1: {0[0]}}}, {{subject: "{1[1]}", sha1: {1[0]}}}]\n',
        'ROOTS = [("{0[1]}", "{0[0]}"), ("{1[1]}", "{1[0]}")]\n',
    ],
)
def test_several_roots_on_a_line(text: str, tmp_path: Path) -> None:
    named = [(digits, f"O=Invented, CN={name}") for digits, name in LABELLED[:2]]
    assert read(tmp_path / "roots", text.format(*named)) == (named, [])


def test_roots_on_a_line_that_nothing_parts_are_not_lost(tmp_path: Path) -> None:
    (one, _), (two, _) = LABELLED[:2]
    path = tmp_path / "roots.py"
    path.write_text(f'ROOTS = {{"{one}": "O=Invented, CN=One", "{two}": "O=Invented, CN=Two"}}\n')
    found = extract(path, limits=None, known={})
    told = " ".join(problem.text for problem in found.problems)
    rows = {row.fingerprint: row.subject for row in found.rows}
    for digits, subject in ((one, "O=Invented, CN=One"), (two, "O=Invented, CN=Two")):
        assert rows.get(digits) == subject or digits in told


def test_the_name_of_an_object_is_none_of_the_row_above(tmp_path: Path) -> None:
    text = "class roots {\n"
    for digits, name in LABELLED:
        text += f"  trusted_root {{ '{name}':\n    ensure => present,\n"
        text += f"    subject => \"O=Invented, CN={name}\",\n    sha1    => '{digits}',\n  }}\n"
    wanted = [(digits, f"O=Invented, CN={name}") for digits, name in LABELLED]
    assert read(tmp_path / "roots.pp", text + "}\n") == (wanted, [])


def test_names_in_literals_are_subjects(tmp_path: Path) -> None:
    names = [f"CN={name},O=A\\, Inc.,C=XX" for _, name in LABELLED]
    lines = "".join(
        f"  ('{root[0]}', r'{name}'),\n" for root, name in zip(ROOTS, names, strict=True)
    )
    rows, problems = read(tmp_path / "roots.py", f"ROOTS = [\n{lines}]\n")
    assert ([subject for _, subject in rows], problems) == (names, [])


@pytest.mark.parametrize("byte", ["0x{:02X}", "(byte) 0x{:02x}"])
def test_arrays_of_bytes_are_digests(byte: str, tmp_path: Path) -> None:
    """As Mozilla's list of roots for extended validation has them, a field on a line."""
    entries = [
        f'  {{\n    // {name}\n    "2.16.840.1.114404.{at}",\n    {{ '
        + ",\n      ".join(
            ", ".join(byte.format(each) for each in bytes.fromhex(part))
            for part in (digits[:22], digits[22:])
        )
        + " },\n  },\n"
        for at, (digits, name) in enumerate(LABELLED)
    ]
    text = f"static const Root kRoots[] = {{\n{''.join(entries)}}};\n"
    assert read(tmp_path / "roots.cpp", text) == (LABELLED, [])


def test_code_that_distrusts_is_told(tmp_path: Path) -> None:
    (one, a), (two, b), (three, c) = LABELLED
    text = (
        f"DISTRUSTED_ROOTS = {{\n  '{one}': '{a}',\n}}\nROOTS = {{\n  '{two}': '{b}',\n"
        f"  '{three}': '{c}',  # removed in May\n}}\nremoved.append('{OTHER} A CA')\n"
    )
    rows, problems = read(tmp_path / "roots.py", text)
    assert rows == [(two, b)]
    assert len(problems) == 3
    for digits, problem in zip((one, three, OTHER), problems, strict=True):
        assert digits in problem
        assert "not trusted" in problem


def test_digits_outside_of_literals_are_not_lost(tmp_path: Path) -> None:
    text = f"x = {{\n  '{ROOTS[0][0]}': 'One CA',\n}}\n# {OTHER}  Other CA\n"
    rows, problems = read(tmp_path / "roots.py", text)
    assert all(
        any(d in told for told in [*problems, *(r[0] for r in rows)]) for d in (ROOTS[0][0], OTHER)
    )


@pytest.mark.parametrize(
    "line",
    [
        "2024-03-04T10:00:0{at}Z INFO store loaded root sha1={digits} subject=CN={name}, C=XX",
        "Mar  4 10:00:0{at} host updater[123]: adding {name} ({digits})",
        "2024-03-04 10:00:0{at},1 [main] INFO Store - Imported root {name} with digest {digits}",
    ],
)
def test_what_a_log_says_alike_of_each_root_is_none_of_a_name(line: str, tmp_path: Path) -> None:
    text = "".join(
        f"{line.format(at=at, digits=root[0], name=name)}\n"
        for at, (root, (_, name)) in enumerate(zip(ROOTS, LABELLED, strict=True))
    )
    rows, problems = read(tmp_path / "update.log", text)
    names = [f"CN={name}, C=XX" if "subject=" in line else name for _, name in LABELLED]
    assert ([subject for _, subject in rows], problems) == (names, [])


@pytest.mark.parametrize("count", [1, 2, 3])
def test_what_a_log_says_is_removed_is_no_row(count: int, tmp_path: Path) -> None:
    text = "".join(
        f"Mar  4 10:00:0{at} host updater: {'removed' if at < count else 'added'} {name} {digits}\n"
        for at, (digits, name) in enumerate(LABELLED)
    )
    rows, problems = read(tmp_path / "update.log", text)
    assert rows == LABELLED[count:]
    assert [digits in told for (digits, _), told in zip(LABELLED, problems, strict=False)] == (
        [True] * count
    )


def test_a_comment_may_say_with_labels_what_stands_below(tmp_path: Path) -> None:
    text = "pub const ROOTS: &[[u8; 20]] = &[\n" + "".join(
        f'  // Issuer: CN=Other {at}, C=XX\n  // Subject: CN={name}, C=XX\n  hex!("{digits}"),\n'
        for at, (digits, name) in enumerate(LABELLED)
    )
    rows, problems = read(tmp_path / "roots.rs", f"{text}];\n")
    assert ([subject for _, subject in rows], problems) == (
        [f"CN={name}, C=XX" for _, name in LABELLED],
        [],
    )
    path = tmp_path / "issuers.rs"
    path.write_text("".join(line for line in text.splitlines(True) if "Subject" not in line) + "];")
    found = extract(path, known={}, limits=None)
    assert all("CN=" not in row.subject for row in found.rows)


@pytest.mark.parametrize("label", ["serial", "ski", "md5"])
def test_a_label_that_a_log_repeats_still_governs_its_digits(label: str, tmp_path: Path) -> None:
    text = "".join(
        f"2024-03-04T10:00:0{at}Z INFO loaded {name} {label} {digits}\n"
        for at, (digits, name) in enumerate(LABELLED)
    )
    path = tmp_path / "update.log"
    path.write_text(text)
    try:
        found = extract(path, known={}, limits=None)
    except DocumentError:
        return
    assert found.rows == []


def test_the_root_store_of_chrome(tmp_path: Path) -> None:
    """Comments above an object name it; an address repeats its digits."""
    text = "version_major: 21\n\n" + "".join(
        f"# CN={name}, C=XX\n# https://crt.sh/?q={digits}\ntrust_anchors {{\n"
        f'  sha256_hex: "{digits}"\n  ev_policy_oids: "2.23.140.1.1"\n}}\n\n'
        for _, digits, name in ROOTS
    )
    path = tmp_path / "root_store.textproto"
    path.write_text(text)
    found = extract(path, known={}, limits=None)
    assert [(row.fingerprint_sha256, row.subject) for row in found.rows] == [
        (digits, f"CN={name}, C=XX") for _, digits, name in ROOTS
    ]
    assert not found.problems


# --- Windows ---------------------------------------------------------------------------------


def _element(number: int, data: bytes) -> bytes:
    return b"".join(each.to_bytes(4, "little") for each in (number, 1, len(data))) + data


def test_a_serialized_store_of_windows(tmp_path: Path) -> None:
    roots = [issue(f"Invented Root {word}") for word in ("One", "Two")]
    elements = [_element(3, bytes.fromhex(e.fingerprint)) + _element(32, e.der) for e in roots]
    path = tmp_path / "roots.sst"
    path.write_bytes(b"\0\0\0\0CERT" + b"".join(elements) + bytes(12))
    found = extract(path, limits=None, known={})
    assert [row.fingerprint for row in found.rows] == [each.fingerprint for each in roots]
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(DocumentError, match="damaged or cut off"):
        extract(path, limits=None, known={})


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8"])
def test_certificates_in_the_registry_of_windows(encoding: str, tmp_path: Path) -> None:
    roots = [issue(f"Invented Root {word}") for word in ("One", "Two")]
    text = "Windows Registry Editor Version 5.00\n"
    for store, root in zip(("ROOT", "Disallowed"), roots, strict=True):
        digits = _element(32, root.der).hex(",").split(",")
        lines = [",".join(digits[at : at + 24]) for at in range(0, len(digits), 24)]
        key = f"HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\SystemCertificates\\{store}\\Certificates"
        text += f"\n[{key}]\n\n[{key}\\{root.fingerprint.upper()}]\n"
        text += '"Blob"=hex:' + ",\\\n  ".join(lines) + "\n"
    path = tmp_path / "roots.reg"
    path.write_text(text, encoding=encoding)
    found = extract(path, limits=None, known={})
    assert [row.fingerprint for row in found.rows] == [roots[0].fingerprint]
    assert [problem.text for problem in found.problems] == [roots[1].fingerprint]


def test_what_java_blocks_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "blocked.certs"
    path.write_text("Algorithm=SHA-256\n" + "0BADC0DE" * 8 + "\n" + "5EEDC0DE" * 8 + "\n")
    with pytest.raises(DocumentError, match="what Java doesn't trust"):
        extract(path, limits=None, known={})


def test_what_a_manifest_makes_absent_is_not_trusted(tmp_path: Path) -> None:
    text = "class roots {\n"
    for (digits, name), state in zip(LABELLED, ("present", "absent", "present"), strict=True):
        text += f"  trusted_root {{ '{name}':\n    ensure  => {state},\n"
        text += f"    subject => \"O=Invented, CN={name}\",\n    sha1    => '{digits}',\n  }}\n"
    found, (problem,) = read(tmp_path / "roots.pp", text + "}\n")
    assert [digits for digits, _ in found] == [LABELLED[0][0], LABELLED[2][0]]
    assert LABELLED[1][0] in problem
