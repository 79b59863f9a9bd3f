"""Words that every paper uses alike."""

PROGRAMME = "โครงการส่งเสริมกระบวนการเครือข่ายองค์ความรู้ (Knowledge Based OTOP : KBO)"
DRAFT = "ร่าง – ยังไม่ได้ลงนาม"
