"""What is read of inventories, whatever they come as: the same devices, every row accounted for."""

from __future__ import annotations

import csv
import io
import json
import sys
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final
from xml.sax.saxutils import escape

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import DocumentError, UsageError
from pipeline.questions.fleet import inventory
from pipeline.questions.fleet.asking import collect
from pipeline.questions.fleet.devices import Fleet

TITLES: Final = ("Device Name", "Description", "Active Load ID", "Status", "IP Address")
PHONES: Final = [
    (
        "SEP001122334455",
        'Reception; front, "left"',
        "sip88xx.12-8-1-0001-455",
        "Registered",
        "10.0.0.1",
    ),
    ("SEP001122334456", "Zoë\nsecond line", "sip78xx.12-7-1-0001-403", "UnRegistered", "10.0.0.2"),
    ("SEP001122334457", "", "", "None", ""),
]
SEEN: Final = [(each[0], each[2]) for each in PHONES]


def seen(fleet: Fleet) -> list[tuple[str, str]]:
    """Give the name and load of each phone."""
    codes = fleet.phones["load"].tolist()
    return [
        (name, fleet.loads[code][0])
        for name, code in zip(fleet.phones["name"].tolist(), codes, strict=True)
    ]


def as_csv(rows: Iterable[Sequence[str]], **options: Any) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, **{"lineterminator": "\r\n", **options}).writerows(rows)
    return text.getvalue()


def read(tmp_path: Path, content: bytes, **columns: str) -> Fleet:
    path = tmp_path / "phones"
    path.write_bytes(content)
    chosen: Any = columns
    return collect([path], columns=chosen)


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"]
)
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_csv_in_any_encoding_with_any_delimiter(
    tmp_path: Path, encoding: str, delimiter: str
) -> None:
    text = as_csv([TITLES, *PHONES], delimiter=delimiter)
    fleet = read(tmp_path, text.encode(encoding))
    assert seen(fleet) == SEEN
    assert (fleet.rows, fleet.unusable) == (3, 0)


def test_a_description_is_read_as_it_is_written(tmp_path: Path) -> None:
    path = tmp_path / "phones.csv"
    path.write_bytes(as_csv([TITLES, *PHONES]).encode("cp1252"))
    fleet = collect([path], keeps_texts=True)
    assert fleet.phones["description"].tolist() == [each[1] for each in PHONES]
    assert fleet.phones["address"].tolist() == [each[4] for each in PHONES]


@pytest.mark.parametrize(
    "text",
    [
        'Device Name,Active Load ID\n="SEP001122334455",="sip88xx.12-8-1-0001-455"\n',
        'Device Name,Active Load ID\n"=""SEP001122334455""","=""sip88xx.12-8-1-0001-455"""\n',
        "Device Name,Active Load ID,,\nSEP001122334455,sip88xx.12-8-1-0001-455,,\n",
        "Device Name,Active Load ID\nSEP001122334455,sip88xx.12-8-1-0001-455,,,\n",
        "sep=;\nDevice Name;Active Load ID\nSEP001122334455;sip88xx.12-8-1-0001-455\n",
        "Phones of Berlin\n\nas of today\nDevice Name,Active Load ID\n"
        "SEP001122334455,sip88xx.12-8-1-0001-455\n\n\n",
        "Device Name,Active Load ID,Note\nSEP001122334455,sip88xx.12-8-1-0001-455\n",
        " device_name , ACTIVELOADID \n sep001122334455 , sip88xx.12-8-1-0001-455 \n",
        "Load Information,Active Load ID,Name\nsip88xx.14-0-1-0001-1,"
        "sip88xx.12-8-1-0001-455,SEP001122334455\n",
        "Device Name,Load Information\nSEP001122334455,sip88xx.12-8-1-0001-455\n",
    ],
    ids=[
        *("formula", "quoted formula", "trailing delimiters", "more of them", "sep=;"),
        *("lines above", "short row", "spelling", "active before pinned", "only pinned"),
    ],
)
def test_what_spreadsheets_and_reports_do_to_csv(tmp_path: Path, text: str) -> None:
    fleet = read(tmp_path, text.encode())
    assert seen(fleet) == [("SEP001122334455", "sip88xx.12-8-1-0001-455")]
    assert fleet.unusable == 0


def test_only_a_pinned_load_is_counted_as_such(tmp_path: Path) -> None:
    rows = [
        ("Device Name", "Load Information", "Active Load ID"),
        ("SEP000000000001", "sip88xx.12-8-1-0001-455", ""),
        ("SEP000000000002", "sip88xx.12-8-1-0001-455", "sip88xx.12-7-1-0001-403"),
        ("SEP000000000003", "", ""),
    ]
    fleet = read(tmp_path, as_csv(rows).encode())
    assert fleet.pinned == 1
    assert seen(fleet)[1][1] == "sip88xx.12-7-1-0001-403"


def test_a_column_can_be_chosen(tmp_path: Path) -> None:
    rows = [("MAC", "Build", "Active Load ID"), ("SEP000000000001", "12.8(1)", "no")]
    with pytest.raises(DocumentError, match=r"no column of device names.*MAC, Build"):
        read(tmp_path, as_csv(rows).encode())
    fleet = read(tmp_path, as_csv(rows).encode(), name="mac", load="Build")
    assert seen(fleet) == [("SEP000000000001", "12.8(1)")]
    with pytest.raises(UsageError, match=r"--column load=Bild: .* has no such column"):
        read(tmp_path, as_csv(rows).encode(), name="MAC", load="Bild")


@pytest.mark.parametrize("text", ["load", "load=", "lode=x", "=x", ""])
def test_a_choice_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="give FIELD=TITLE"):
        inventory.parse_column(text)


def test_rows_that_cannot_be_used_are_counted_and_the_first_ten_shown_with_their_lines(
    tmp_path: Path,
) -> None:
    lines = ["Device Name,Description,Active Load ID"]
    lines += [f"SEP{at:012X},x,sip88xx.12-8-1-0001-455" for at in range(4)]
    lines += [",x,sip88xx.12-8-1-0001-455"]  # line 6
    lines += ["SEP0000000000AA,x"]  # 7
    lines += ["SEP0000000000AB,x,sip88xx.12-8-1-0001-455,and,more"]  # 8
    lines += ['SEP0000000000AC,"two', 'lines",sip88xx.12-8-1-0001-455']  # 9 and 10
    lines += ["Total: 5"] * 20  # 11 to 30
    fleet = read(tmp_path, "\n".join(lines).encode())
    assert len(fleet.phones) == 5
    assert (fleet.rows, fleet.unusable) == (28, 23)
    shown = [(each.first, each.last, each.reason) for _, each in fleet.shown]
    assert shown[:4] == [
        (6, 6, "it names no device"),
        (7, 7, "it ends after 2 of 3 cells"),
        (8, 8, "it has 5 cells below 3 titles"),
        (11, 11, "it ends after 1 of 3 cells"),
    ]
    assert len(shown) == 10


def test_a_quotation_mark_that_is_never_closed_is_told_with_the_lines_it_swallows(
    tmp_path: Path,
) -> None:
    head = "Device Name,Description,Active Load ID\nSEP000000000001,x,sip88xx.12-8-1-0001-455\n"
    lost = 'SEP000000000002,"x,sip88xx.12-8-1-0001-455\n' + "SEP000000000003,x,y\n" * 9_000
    fleet = read(tmp_path, (head + lost).encode())
    assert seen(fleet)[0] == ("SEP000000000001", "sip88xx.12-8-1-0001-455")
    assert fleet.unusable
    first = fleet.shown[0][1]
    assert first.first == 3
    assert first.last > 3


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf", b"   \n"])
def test_an_empty_inventory_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(DocumentError):
        read(tmp_path, content)


def test_an_inventory_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="it can't be read: no such file"):
        collect([tmp_path / "none.csv"])


# --- other forms -----------------------------------------------------------------------------


def as_json(rows: Iterable[Sequence[str]]) -> list[dict[str, object]]:
    return [
        {"name": name, "ActiveLoadID": load or None, "Status": status, "lines": [1], "n": 1}
        for name, _, load, status, _ in rows
    ]


def test_json_lines_and_a_list_in_json(tmp_path: Path) -> None:
    records = as_json(PHONES)
    as_lines = "\n".join(map(json.dumps, records))
    for text in (as_lines, f"\n{as_lines}\n\n", json.dumps(records), json.dumps(records, indent=1)):
        assert seen(read(tmp_path, text.encode())) == SEEN
    broken = f"{as_lines}\n{{broken\n[1]\n{{}}\n".encode()
    fleet = read(tmp_path, broken)
    assert seen(fleet) == SEEN
    assert [each.first for _, each in fleet.shown] == [4, 5, 6]
    with pytest.raises(DocumentError, match="this is no JSON: line 1"):
        read(tmp_path, b"[{]")
    with pytest.raises(DocumentError, match="no column of loads"):
        read(tmp_path, b'{"name": "SEP000000000001"}')


def device(
    name: str, load: str, status: str = "Registered", time: int = 1, address: str = ""
) -> str:
    return (
        f"<ns1:item><ns1:Name>{escape(name)}</ns1:Name><ns1:IPAddress><ns1:item>"
        f"<ns1:IP>{address}</ns1:IP><ns1:IPAddrType>ipv4</ns1:IPAddrType></ns1:item>"
        f"</ns1:IPAddress><ns1:Description>{escape('a<b>&c')}</ns1:Description>"
        f"<ns1:Status>{status}</ns1:Status><ns1:ActiveLoadID>{escape(load)}</ns1:ActiveLoadID>"
        f"<ns1:TimeStamp>{time}</ns1:TimeStamp><ns1:LinesStatus><ns1:item>"
        "<ns1:DirectoryNumber>1</ns1:DirectoryNumber><ns1:Status>Registered</ns1:Status>"
        "</ns1:item></ns1:LinesStatus></ns1:item>"
    )


def answer(*nodes: Sequence[str], total: int | None = None) -> str:
    """Make an answer of RisPort70 with the devices of some nodes."""
    number = sum(map(len, nodes)) if total is None else total
    items = "".join(
        f"<ns1:item><ns1:ReturnCode>Ok</ns1:ReturnCode><ns1:Name>cucm{at}</ns1:Name>"
        f"<ns1:CmDevices>{''.join(node)}</ns1:CmDevices></ns1:item>"
        for at, node in enumerate(nodes)
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?>'
        '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/">'
        '<soapenv:Body><ns1:selectCmDeviceResponse xmlns:ns1="http://schemas.cisco.com/ast/soap">'
        "<ns1:selectCmDeviceReturn><ns1:SelectCmDeviceResult>"
        f"<ns1:TotalDevicesFound>{number}</ns1:TotalDevicesFound><ns1:CmNodes>{items}</ns1:CmNodes>"
        "</ns1:SelectCmDeviceResult></ns1:selectCmDeviceReturn></ns1:selectCmDeviceResponse>"
        "</soapenv:Body></soapenv:Envelope>"
    )


LOAD: Final = "sip88xx.12-8-1-0001-455"


def test_an_answer_of_risport_and_several_in_one_file(tmp_path: Path) -> None:
    first = answer([device("SEP000000000001", LOAD, address="192.0.2.7")], [])
    second = answer([device(f"SEP{at:012X}", LOAD) for at in range(2, 900)])
    for joint in ("", "\n", "\r\n\r\n"):
        fleet = read(tmp_path, f"{first}{joint}{second}".encode())
        assert len(fleet.phones) == 899
        assert not fleet.remarks
    path = tmp_path / "phones"
    path.write_text(first)
    texts = collect([path], mra_from=["192.0.2.0/24"], keeps_texts=True).phones.iloc[0]
    assert texts[["address", "description", "is_over_mra"]].tolist() == [
        "192.0.2.7",
        "a<b>&c",
        True,
    ]


def test_a_device_under_several_nodes_counts_once_as_it_is_now(tmp_path: Path) -> None:
    old, new = "sip88xx.12-6-1-0001-535", LOAD
    xml = answer(
        [
            device("SEP000000000001", new, "Registered", 5),
            device("SEP000000000002", old, "UnRegistered", 9),
            device("SEP000000000003", old, "Registered", 5),
            device("SEP000000000004", old, "Rejected", 5),
        ],
        [
            device("SEP000000000001", old, "UnRegistered", 9),  # newer, but not registered
            device("SEP000000000002", new, "PartiallyRegistered", 1),
            device("SEP000000000003", new, "Registered", 6),
            device("sep000000000004", new, "Unknown", 6),
        ],
    )
    fleet = read(tmp_path, xml.encode())
    assert sorted(seen(fleet)) == [(f"SEP{at:012X}", new) for at in range(1, 5)]
    assert (fleet.rows, fleet.repeated) == (8, 4)


def test_an_answer_that_left_devices_out_says_so(tmp_path: Path) -> None:
    fleet = read(tmp_path, answer([device("SEP000000000001", LOAD)], total=2500).encode())
    (remark,) = fleet.remarks
    assert "answer 1 has 1 of 2,500 devices" in remark


@pytest.mark.parametrize(
    ("xml", "message"),
    [
        (
            answer([device("SEP000000000001", LOAD)])[:-40],
            "answer 1 isn't well-formed XML at line 1",
        ),
        (answer([]), "has no devices"),
        ("<html><body>Login</body></html>", "has no devices"),
        (
            "<e><Fault><faultstring>Exceeded\nrate</faultstring></Fault></e>",
            "gave no devices: Exceeded rate",
        ),
        ('<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>', "defines a document type"),
    ],
    ids=["cut off", "no devices", "a login page", "a fault", "a document type"],
)
def test_xml_that_is_no_answer_is_refused(tmp_path: Path, xml: str, message: str) -> None:
    with pytest.raises(DocumentError, match=message):
        read(tmp_path, xml.encode())


def as_xlsx(rows: Iterable[Sequence[str]]) -> bytes:
    """Write a workbook by hand: a sheet without cells before the one that has them."""
    cells = "".join(
        "<row>"
        + "".join(f'<c t="inlineStr"><is><t>{escape(cell)}</t></is></c>' for cell in row)
        + "</row>"
        for row in rows
    )
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006/relationships"
    parts = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/'
        'content-types"><Default Extension="xml" ContentType="application/xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}"><Relationship Id="r" '
        f'Type="{relations}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{relations}"><sheets>'
        '<sheet name="empty" sheetId="1" r:id="r1"/><sheet name="phones" sheetId="2" r:id="r2"/>'
        "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}">'
        + "".join(
            f'<Relationship Id="r{at}" Type="{relations}/worksheet" '
            f'Target="worksheets/sheet{at}.xml"/>'
            for at in (1, 2)
        )
        + "</Relationships>",
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData/></worksheet>',
        "xl/worksheets/sheet2.xml": f'<worksheet xmlns="{main}"><sheetData>{cells}</sheetData>'
        "</worksheet>",
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return buffer.getvalue()


def test_a_spreadsheet(tmp_path: Path) -> None:
    pytest.importorskip("python_calamine")
    fleet = read(tmp_path, as_xlsx([TITLES, *PHONES, ("", "no name", LOAD)]))
    assert seen(fleet) == SEEN
    assert [each.first for _, each in fleet.shown] == [5]
    with pytest.raises(DocumentError, match="can't be read as a spreadsheet"):
        read(tmp_path, as_xlsx([TITLES])[:300])


def test_a_spreadsheet_without_what_reads_it_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "python_calamine", None)
    with pytest.raises(UsageError, match=r"install trustlist\[xlsx\]"):
        read(tmp_path, as_xlsx([TITLES, *PHONES]))


def test_a_data_frame() -> None:
    frame = pd.DataFrame(PHONES, columns=list(TITLES))
    frame.loc[2, "Active Load ID"] = None
    assert seen(collect([frame])) == SEEN


# --- what is a phone -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "model", "load", "kind"),
    [
        ("SEP001122334455", "", "", "phone"),
        ("SEP001122334455", "Cisco 7942", "SCCP42.9-4-2SR3-1S", "phone"),
        ("kitchen", "", LOAD, "phone"),
        ("SEP001122334455", "Cisco Webex Room Kit", "ce9.15.3", "video endpoint"),
        ("SEP001122334455", "", "ce9.15.3.22", "video endpoint"),
        ("SEP001122334455", "Third-party SIP Device (Advanced)", "", "third-party SIP device"),
        ("SEP001122334455", "Cisco TelePresence SX20", "", "video endpoint"),
        ("CSFJDOE", "Cisco Unified Client Services Framework", "", "Jabber"),
        ("TCTJDOE", "", "", "Jabber"),
        ("TO-EXPRESSWAY", "SIP Trunk", "", "SIP trunk"),
        ("QUEUE1", "CTI Route Point", "", "CTI port or route point"),
        ("ATA001122334455", "", "", "gateway or adapter"),
        ("CFB_2", "Cisco Conference Bridge Software", "", "media resource"),
        ("SEP00112233445", "", "", "other"),
        ("something", "", "", "other"),
    ],
)
def test_what_a_device_is(tmp_path: Path, name: str, model: str, load: str, kind: str) -> None:
    rows = [("Device Name", "Device Type", "Active Load ID"), (name, model, load)]
    fleet = read(tmp_path, as_csv(rows).encode())
    assert (len(fleet.phones), fleet.others) == ((1, {}) if kind == "phone" else (0, {kind: 1}))


@pytest.mark.parametrize(
    ("address", "is_over_mra"),
    [
        ("192.0.2.0", True),
        ("192.0.2.15", True),
        ("192.0.2.16", False),
        ("191.255.255.255", False),
        ("2001:db8::1", True),
        ("2001:DB8:0:0::2", True),
        ("2001:db9::1", False),
        ("198.51.100.9", True),
        ("::ffff:192.0.2.1", False),
        ("192.0.2", False),
        ("nonsense\0", False),
        ("", False),
    ],
)
def test_who_registers_over_mra(address: str, is_over_mra: bool) -> None:
    frame = pd.DataFrame(
        [("SEP001122334455", LOAD, address)], columns=["Name", "Load", "IP Address"]
    )
    networks = ["192.0.2.0/28", "2001:db8::/64", "198.51.100.9"]
    fleet = collect([frame], mra_from=networks)
    assert fleet.phones["is_over_mra"].tolist() == [is_over_mra]


def test_a_network_that_is_none_is_refused() -> None:
    with pytest.raises(UsageError, match=r"--mra-from 10\.0\.0\.0/33"):
        collect([], mra_from=["10.0.0.0/33"])


# --- random inventories ----------------------------------------------------------------------

CELLS: Final = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8)
ROWS: Final = st.lists(
    st.tuples(
        st.sampled_from([f"SEP{at:012X}" for at in range(6)]),
        CELLS,
        st.sampled_from(["", LOAD, "sip78xx.12-7-1-0001-403", "nonsense"]),
        st.sampled_from(["Registered", "Unregistered", ""]),
        st.integers(0, 3),
    ),
    max_size=30,
)


@settings(deadline=None)
@given(ROWS, st.sampled_from(",;\t|"))
def test_each_device_counts_once_as_plain_python_has_it(
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[tuple[str, str, str, str, int]],
    delimiter: str,
) -> None:
    titles = ("Device Name", "Description", "Active Load ID", "Status", "Time Stamp")
    path = tmp_path_factory.mktemp("phones") / "phones.csv"
    path.write_text(as_csv([titles, *rows], delimiter=delimiter), "utf-8", newline="")
    assert sum(len(each.lines) for each in inventory.read(path)) == len(rows)
    fleet = collect([path])
    best: dict[str, tuple[tuple[bool, int, int], str]] = {}
    for at, (name, _, load, status, time) in enumerate(rows):
        rank = status == "Registered", time, at
        if name not in best or best[name][0] < rank:
            best[name] = rank, load
    assert sorted(seen(fleet)) == sorted((name, load) for name, (_, load) in best.items())
    assert fleet.rows == len(rows)
    assert fleet.repeated == len(rows) - len(best)
