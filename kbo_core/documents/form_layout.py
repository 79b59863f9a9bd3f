"""The report form's wording and anchors: the form prints them, the reader looks for them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from kbo_core.documents.wording import PROGRAMME
from kbo_core.domain.thai_text import name_key

VERSION = 2  # of the form's layout; kept in the file beside the form code

SHEET = "แบบรายงาน"
HELP_SHEET = "คำแนะนำ"
CANDIDATE_SHEET = "รายการกลุ่ม"
MARK_SHEET = "รหัสแบบ"

TITLE = f"แบบรายงานรายชื่อกลุ่มเป้าหมาย {PROGRAMME}"
OWN_FORM_NOTE = "แบบของระบบ ใช้แทนแบบแจ้งรายชื่อจนกว่าจังหวัดจะส่งแบบ"
NO_CANDIDATES = "ไม่มีกลุ่มที่เข้าเกณฑ์ในบัญชีของอำเภอ จึงไม่มีรายการให้เลือก"

FORM_CODE_LABEL = "รหัสแบบ"
DISTRICT_LABEL = "อำเภอ"
QUOTA_LABEL = "จำนวนจัดสรร (กลุ่ม)"
DEADLINE_LABEL = "ส่งภายใน"

INSTRUCTIONS = (
    "๑. กรอกเฉพาะช่องสีเหลือง เลือกกลุ่มจากรายการในช่อง “รหัสกลุ่ม” ช่องละหนึ่งกลุ่ม ไม่เกินจำนวนจัดสรร",
    "๒. ถ้าเลือกไม่ครบจำนวน ให้กรอกเหตุผล ถ้าไม่มีกลุ่มที่เข้าเกณฑ์เลย ให้เลือก “ไม่มี” และเว้นช่องรหัสกลุ่มว่างไว้",
    "๓. บันทึกเป็น .xlsx หรือ .ods ไม่ตั้งรหัสผ่าน แล้วส่งกลับก่อนกำหนด โดยไม่แก้รหัสแบบ ข้อที่จังหวัดตรวจอยู่ในแผ่น “คำแนะนำ”",
)

NUMBER_HEADER = "ลำดับ"
PICK_HEADER = "รหัสกลุ่ม"
NAME_HEADER = "ชื่อกลุ่มผู้ผลิต"
PRODUCTS_HEADER = "ผลิตภัณฑ์"
STARS_HEADER = "ระดับดาว"
HEADERS = (NUMBER_HEADER, PICK_HEADER, NAME_HEADER, PRODUCTS_HEADER, STARS_HEADER)
NOT_LISTED = "ไม่พบในบัญชีของอำเภอ"

COUNT_LABEL = "เลือกแล้ว / จำนวนจัดสรร"
NIL_LABEL = "อำเภอไม่มีกลุ่มที่เข้าเกณฑ์"
NIL_WORD = "ไม่มี"
REASON_LABEL = "เหตุผลที่เลือกไม่ครบจำนวน"
REPORTER_LABEL = "ชื่อผู้รายงาน"
POSITION_LABEL = "ตำแหน่ง"
REPORTED_ON_LABEL = "วันที่รายงาน"
ANSWERS = (NIL_LABEL, REASON_LABEL, REPORTER_LABEL, POSITION_LABEL, REPORTED_ON_LABEL)
ANSWER_OFFSET = 2  # an answer stands this many columns right of its label

PICK_TITLE, PICK_MESSAGE = "เลือกกลุ่ม", "กดลูกศรแล้วเลือกจากรายการ ช่องละหนึ่งกลุ่ม"
WRONG_TITLE, WRONG_MESSAGE = "ไม่อยู่ในรายการ", "กลุ่มนี้ไม่อยู่ในบัญชีของอำเภอ หากยืนยัน จังหวัดจะตรวจเมื่อได้รับแบบ"
NIL_TITLE = "ไม่มีกลุ่มที่เข้าเกณฑ์"
NIL_MESSAGE = "เลือก “ไม่มี” เฉพาะเมื่อไม่มีกลุ่มที่เข้าเกณฑ์เลย มิฉะนั้นเว้นว่างไว้"
NOT_NIL_TITLE, NOT_NIL_MESSAGE = "เลือกได้คำเดียว", "เลือก “ไม่มี” หรือเว้นว่างไว้"

HELP_TITLE = "ข้อที่จังหวัดตรวจเมื่อได้รับแบบ และวิธีแก้ไข"
HELP_HEADERS = ("เรื่อง", "ข้อที่ตรวจพบ", "วิธีแก้ไข", "ผล")
REACH_TH = {"refused": "ไม่รับแฟ้ม", "block": "ต้องแก้ไข", "warn": "เตือน", "info": "แจ้งให้ทราบ"}


class Column(StrEnum):
    """The columns of the table that a district fills."""

    NUMBER = "number"
    ID = "id"
    NAME = "name"
    PRODUCTS = "products"
    STARS = "stars"


class Place(StrEnum):
    """What stands beside a label above or below the table."""

    FORM_CODE = "form_code"
    DISTRICT = "district"
    QUOTA = "quota"
    DEADLINE = "deadline"
    COUNT = "count"
    NIL = "nil"
    REASON = "reason"
    REPORTER = "reporter"
    POSITION = "position"
    REPORTED_ON = "reported_on"


# What a district fills besides the table.
ASKED = (Place.NIL, Place.REASON, Place.REPORTER, Place.POSITION, Place.REPORTED_ON)

_SIGNS = re.compile(r"[()\[\]{}:：;.,*/“”\"'‘’\-–—_…]")
_NUMBERED = re.compile(r"^[0-9]+(?=[^0-9])")


def label_key(text: str) -> str:
    """What two ways of writing a label share: its letters, without signs and the number before it."""
    return _NUMBERED.sub("", _SIGNS.sub("", name_key(text)))


@dataclass(frozen=True)
class Shape:
    """The words by which a kind of form is recognised and read, as keys of labels.

    ``offsets`` says how many rows below and columns right of its label an answer stands, where that is not beside it.
    """

    columns: Mapping[Column, frozenset[str]]
    labels: Mapping[Place, frozenset[str]]
    offsets: Mapping[Place, tuple[int, int]] = field(default_factory=dict)

    @property
    def header(self) -> Column:
        """The column that a form must have: the ids, or the names where it has no ids."""
        return Column.ID if self.columns.get(Column.ID) else Column.NAME


def _keys(*texts: str) -> frozenset[str]:
    return frozenset(map(label_key, texts))


# Our own form, with the words that people write in place of ours when they type its headings anew.
OWN = Shape(
    columns={
        Column.NUMBER: _keys(NUMBER_HEADER, "ลำดับที่", "ที่", "เลขที่", "no"),
        Column.ID: _keys(
            PICK_HEADER,
            "รหัส",
            "รหัสกลุ่มผู้ผลิต",
            "รหัสกลุ่มเป้าหมาย",
            "รหัสผู้ผลิต",
            "รหัสผู้ประกอบการ",
            "รหัสกลุ่มที่เลือก",
            "เลขทะเบียน",
            "เลขทะเบียนผู้ผลิต",
            "producer_id",
            "id",
        ),
        Column.NAME: _keys(
            NAME_HEADER,
            "ชื่อกลุ่ม",
            "ชื่อกลุ่มเป้าหมาย",
            "ชื่อผู้ผลิต",
            "ชื่อผู้ประกอบการ",
            "รายชื่อกลุ่ม",
            "รายชื่อกลุ่มเป้าหมาย",
            "กลุ่มเป้าหมาย",
            "กลุ่มผู้ผลิต",
            "producer_name",
            "name",
        ),
        Column.PRODUCTS: _keys(PRODUCTS_HEADER, "ชื่อผลิตภัณฑ์", "สินค้า", "ผลิตภัณฑ์ของกลุ่ม", "products"),
        Column.STARS: _keys(STARS_HEADER, "ดาว", "จำนวนดาว", "ระดับ", "ผลการคัดสรร", "stars"),
    },
    labels={
        Place.FORM_CODE: _keys(FORM_CODE_LABEL, "รหัสแบบรายงาน", "รหัสแบบฟอร์ม", "form code"),
        Place.DISTRICT: _keys(DISTRICT_LABEL, "ชื่ออำเภอ", "district"),
        Place.QUOTA: _keys(QUOTA_LABEL, "จำนวนจัดสรร", "โควตา", "จำนวนที่ได้รับจัดสรร"),
        Place.DEADLINE: _keys(DEADLINE_LABEL, "กำหนดส่ง", "ส่งภายในวันที่"),
        Place.COUNT: _keys(COUNT_LABEL, "เลือกแล้ว", "รวม", "รวมทั้งสิ้น"),
        Place.NIL: _keys(NIL_LABEL, "ไม่มีกลุ่มที่เข้าเกณฑ์", "อำเภอไม่มีกลุ่มเข้าเกณฑ์", "ไม่มีกลุ่มเป้าหมาย", "รายงานว่าไม่มีกลุ่มที่เข้าเกณฑ์"),
        Place.REASON: _keys(REASON_LABEL, "เหตุผล", "เหตุผลที่ไม่ครบ", "เหตุผลที่ไม่ครบจำนวน", "เหตุผลที่เลือกไม่ครบ"),
        Place.REPORTER: _keys(REPORTER_LABEL, "ผู้รายงาน", "ลงชื่อผู้รายงาน", "ชื่อสกุลผู้รายงาน", "ชื่อ-สกุลผู้รายงาน"),
        Place.POSITION: _keys(POSITION_LABEL, "ตำแหน่งผู้รายงาน"),
        Place.REPORTED_ON: _keys(REPORTED_ON_LABEL, "วันที่", "วันเดือนปีที่รายงาน", "วัน/เดือน/ปี ที่รายงาน"),
    },
)
