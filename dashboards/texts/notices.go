package texts

// What notifications of alerts say around the alerts' own texts.
var (
	NoticeFiring   = Text{"CẢNH BÁO", "ALERT"}
	NoticeResolved = Text{"ĐÃ HẾT", "RESOLVED"}
	NoticeSince    = Text{"từ", "since"}
	NoticeUntil    = Text{"đến", "until"}
	NoticeRunbook  = Text{"Hướng dẫn xử lý", "What to do"}
	NoticeTest     = Text{"Đây là cảnh báo thử: không có sự cố nào.", "This is a test: nothing is wrong."}
)
