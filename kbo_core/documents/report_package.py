"""The report as a data package: its tables as CSV with a schema for each, in one zip that any program can read.

Source: Frictionless Data, Data Package v1 (profile ``tabular-data-package``) with a CSV dialect.
"""

import hashlib
import json
from datetime import datetime

from kbo_core.documents.archives import archive
from kbo_core.documents.papers import Audience, Report
from kbo_core.documents.report_cells import table_csv
from kbo_core.documents.report_tables import Column, ReportTable, report_tables
from kbo_core.domain.thai_dates import BANGKOK

DESCRIPTOR = "datapackage.json"


def report_package(report: Report, audience: Audience) -> bytes:
    """The zip: ``datapackage.json`` and a CSV for each table under ``data/``.

    In the files, an apostrophe stands before a text that a spreadsheet would run as a formula.
    """
    tables = report_tables(report, audience)
    files = {f"data/{name}.csv": table_csv(table, has_mark=False) for name, table in tables.items()}
    resources = [_resource(table, files[f"data/{name}.csv"]) for name, table in tables.items()]
    descriptor = {
        "profile": "tabular-data-package",
        "name": f"{audience.prefix}report-{report.cycle}-v{report.version}",
        "title": f"รายงานผลการคัดเลือกกลุ่มเป้าหมาย KBO จังหวัด{report.province.name_th} ประจำปี {report.programme_year_be}",
        "description": (
            "The consolidated report of one province's selection cycle, table by table. An apostrophe stands before a "
            "text that a spreadsheet would take for a formula. Instants carry Bangkok's offset; dates are Gregorian."
        ),
        "version": f"{report.version}.0.0",
        "created": _instant(report.made_at),
        "cycle": report.cycle,
        "audience": audience.value,
        "log_head": report.log_head,
        "resources": resources,
    }
    written = (json.dumps(descriptor, ensure_ascii=False, indent=2) + "\n").encode()
    return archive({DESCRIPTOR: written, **files}, report.made_at)


def _instant(at: datetime) -> str:
    return at.astimezone(BANGKOK).isoformat()


def _resource(table: ReportTable, content: bytes) -> dict[str, object]:
    return {
        "profile": "tabular-data-resource",
        "name": table.name,
        "title": table.title_th,
        "description": table.about,
        "path": f"data/{table.name}.csv",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": {"delimiter": ",", "doubleQuote": True, "lineTerminator": "\r\n", "header": True},
        "bytes": len(content),
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
        "schema": {
            "fields": [_field(column, is_key=column.name in table.key) for column in table.columns],
            "missingValues": [""],
            **({"primaryKey": list(table.key)} if table.key else {}),
        },
    }


def _field(column: Column, *, is_key: bool) -> dict[str, object]:
    field: dict[str, object] = {
        "name": column.name,
        "type": column.kind,
        "title": column.title_th,
        "description": column.about,
    }
    if column.kind == "datetime":
        field["format"] = "any"  # ISO 8601 with an offset; the default allows UTC alone
    if is_key:
        field["constraints"] = {"required": True}
    return field
