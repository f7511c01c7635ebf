package texts

import "wanwatch/exporter"

// Readiness is how ready a part of a meeting is.
type Readiness int

// The levels, the value of wanwatch_meeting_readiness.
const (
	Ready Readiness = iota
	AtRisk
	NotReady
)

// Text returns the word for a level.
func (r Readiness) Text() Text {
	return [...]Text{{"sẵn sàng", "ready"}, {"có rủi ro", "at risk"}, {"chưa sẵn sàng", "not ready"}}[r]
}

// like is the state that a level looks like.
func (r Readiness) like() exporter.State {
	return [...]exporter.State{exporter.Up, exporter.Degraded, exporter.Down}[r]
}

// Sign returns a sign for a level, so that it is never told by colour alone.
func (r Readiness) Sign() string { return r.like().Sign() }

// Colour returns the colour of a level.
func (r Readiness) Colour() string { return Colour(r.like()) }

// MeetingReason is why a part of a meeting is not ready.
type MeetingReason string

// The reasons.
const (
	MeetingDown            MeetingReason = "down"
	MeetingDegraded        MeetingReason = "degraded"
	MeetingProbe           MeetingReason = "probe"
	MeetingNotRegistered   MeetingReason = "not_registered"
	MeetingCertificate     MeetingReason = "certificate"
	MeetingCertificateSoon MeetingReason = "certificate_soon"
	MeetingDNS             MeetingReason = "dns"
	MeetingUnknown         MeetingReason = "unknown"
	MeetingMaintenance     MeetingReason = "maintenance"
	MeetingLineDown        MeetingReason = "line_down"
	MeetingFull            MeetingReason = "full"
	MeetingFullUsually     MeetingReason = "full_usually"
	MeetingQuality         MeetingReason = "quality"
)

// MeetingText is what a reason means, and what to do about it.
type MeetingText struct{ Means, Do Text }

// MeetingTexts are the texts of all reasons.
func MeetingTexts() map[MeetingReason]MeetingText {
	return map[MeetingReason]MeetingText{
		MeetingDown: {Text{"không trả lời", "it does not answer"},
			Text{"Kiểm tra nguồn điện, dây mạng; nếu cả điểm mất kết nối, kiểm tra đường truyền.", "Check its power and its cable; if the whole site is cut off, see to its lines."}},
		MeetingDegraded: {Text{"trả lời rằng hiện không phục vụ được", "it answers that it cannot serve now"},
			Text{"Xem tải, giấy phép và nhật ký của thiết bị.", "Look at its load, its licences and its log."}},
		MeetingProbe: {Text{"một phép thử không thành công", "one of its probes fails"},
			Text{"Chạy wanwatch check để xem chi tiết; gọi thử trước cuộc họp.", "Run wanwatch check for the details, and make a test call before the meeting."}},
		MeetingNotRegistered: {Text{"chưa đăng ký với máy chủ hội nghị", "it is not registered with its conference server"},
			Text{"Đăng ký lại thiết bị; so tên và mật khẩu với cấu hình máy chủ.", "Let it register again; compare its name and password with the server's configuration."}},
		MeetingCertificate: {Text{"chứng thư không hợp lệ hoặc hết hạn trước khi họp xong", "its certificate is not valid, or expires before the meeting ends"},
			Text{"Gia hạn hoặc thay chứng thư ngay.", "Renew or replace the certificate now."}},
		MeetingCertificateSoon: {Text{"chứng thư hết hạn trong tuần sau cuộc họp", "its certificate expires within a week of the meeting"},
			Text{"Gia hạn chứng thư.", "Renew the certificate."}},
		MeetingDNS: {Text{"không phân giải được tên", "its name has no address"},
			Text{"Kiểm tra máy chủ DNS và tên trong danh mục.", "Check the DNS server, and the name in the inventory."}},
		MeetingUnknown: {Text{"chưa xác định được", "nothing is known of it"},
			Text{"Cho phép wanwatch hỏi thiết bị, hoặc gọi thử.", "Let wanwatch ask it, or make a test call."}},
		MeetingMaintenance: {Text{"có lịch bảo trì trong giờ họp", "its maintenance falls into the meeting"},
			Text{"Dời lịch bảo trì hoặc cuộc họp.", "Move the maintenance, or the meeting."}},
		MeetingLineDown: {Text{"đường truyền mất kết nối", "the line is down"},
			Text{"Báo nhà cung cấp; kiểm tra đường dự phòng.", "Call the provider; see that the backup line carries the call."}},
		MeetingFull: {Text{"băng thông trống không đủ cho cuộc gọi", "the line has too little bandwidth left for the call"},
			Text{"Tìm ai đang dùng đường truyền; giảm tốc độ cuộc gọi.", "Find who fills the line; lower the call's rate."}},
		MeetingFullUsually: {Text{"giờ cao điểm thường không đủ băng thông cho cuộc gọi", "at busy hours the line has too little bandwidth left for the call"},
			Text{"Tránh giờ cao điểm, giảm tốc độ cuộc gọi hoặc nâng cấp đường truyền.", "Avoid the busy hour, lower the call's rate, or upgrade the line."}},
		MeetingQuality: {Text{"chất lượng đường truyền vừa qua kém", "its quality was poor of late"},
			Text{"Xem mất gói, độ trễ và biến động trễ của điểm; báo nhà cung cấp.", "Look at its loss, delay and jitter; call the provider."}},
	}
}
