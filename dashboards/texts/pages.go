package texts

// What the pages say.
var (
	PageAll          = Text{"Tất cả", "All"}
	PageSearch       = Text{"Tìm", "Search"}
	PageSearchHint   = Text{"Tên hoặc mã", "Name or id"}
	PageSkip         = Text{"Đến nội dung chính", "Skip to the content"}
	PageStates       = Text{"Trạng thái", "States"}
	PageAlerts       = Text{"Cảnh báo đang mở", "Open alerts"}
	PageNoAlerts     = Text{"Không có cảnh báo nào.", "There are no alerts."}
	PageNoHistory    = Text{"Không lưu lịch sử (--storage.path trống): không có biểu đồ và cảnh báo.", "No history is kept (--storage.path is empty): there are no charts and no alerts."}
	PageNothing      = Text{"Không có mục tiêu nào phù hợp.", "No target fits."}
	PageSites        = Text{"Các điểm", "Sites"}
	PageSince        = Text{"từ %s", "since %s"}
	PageHidden       = Text{"ẩn sau một cảnh báo khác", "hidden behind another alert"}
	PageQuiet        = Text{"Không báo: %d", "Not told: %d"}
	PageSilenced     = Text{"đã tắt tiếng", "silenced"}
	PageLastHour     = Text{"Một giờ qua", "The last hour"}
	PageFacts        = Text{"Thông tin", "Facts"}
	PageSite         = Text{"Điểm", "Site"}
	PageKind         = Text{"Loại", "Kind"}
	PageProvider     = Text{"Nhà cung cấp", "Provider"}
	PageRole         = Text{"Vai trò", "Role"}
	PageAddress      = Text{"Địa chỉ", "Address"}
	PageProbes       = Text{"Phép thử", "Probes"}
	PageLoss         = Text{"Mất gói", "Packet loss"}
	PageRTT          = Text{"Độ trễ khứ hồi", "Round-trip time"}
	PageJitter       = Text{"Độ biến thiên trễ", "Jitter"}
	PageThroughput   = Text{"Lưu lượng", "Throughput"}
	PageContract     = Text{"hợp đồng", "contract"}
	PageMean         = Text{"trung bình", "mean"}
	PageP95          = Text{"95 %", "95 %"}
	PageDown         = Text{"chiều xuống", "down"}
	PageUp           = Text{"chiều lên", "up"}
	PageNoData       = Text{"Chưa có dữ liệu.", "There are no data yet."}
	PageHour         = Text{"1 giờ", "1 hour"}
	PageDay          = Text{"1 ngày", "1 day"}
	PageWeek         = Text{"7 ngày", "7 days"}
	PageMonth        = Text{"30 ngày", "30 days"}
	PageChartSummary = Text{"%s: từ %s đến %s, gần nhất %s", "%s: from %s to %s, last %s"}
	PageMore         = Text{"Trang %d trên %d", "Page %d of %d"}
	PageNext         = Text{"Trang sau", "Next page"}
	PageBefore       = Text{"Trang trước", "Previous page"}
	PageWall         = Text{"Màn hình lớn", "Wall screen"}
	PageHome         = Text{"Tổng quan", "Overview"}

	PageMeetings   = Text{"Cuộc họp", "Meetings"}
	PageNoMeetings = Text{"Không có cuộc họp nào sắp tới.", "No meeting is to come."}
	PageRooms      = Text{"%d điểm cầu", "%d endpoints"}
	PageCheck      = Text{"Kiểm tra trước cuộc họp", "The check before the meeting"}
	PageCheckedAt  = Text{"kiểm tra lúc %s", "checked %s"}
	PageNotChecked = Text{"Chưa kiểm tra: việc này bắt đầu trước giờ họp (--meeting.check-before).", "Not checked yet: that begins some time before it (--meeting.check-before)."}
	PageRecord     = Text{"Lần họp gần nhất", "The last time"}
	PageNoRecord   = Text{"Chưa có số liệu.", "There is no record."}
	PageRoom       = Text{"Điểm cầu", "Endpoint"}
	PageGood       = Text{"tốt", "good"}
	PagePoor       = Text{"kém", "degraded"}
	PageLost       = Text{"mất kết nối", "lost"}
	PageUnknown    = Text{"chưa xác định", "unknown"}
	PageWorst      = Text{"Lúc tệ nhất", "Worst moments"}
	PageMinutes    = Text{"Số phút", "Minutes"}

	PageSilence          = Text{"Tắt tiếng", "Silence"}
	PageSilenceFor       = Text{"Trong", "For"}
	PageSilenceBy        = Text{"Người tắt", "Your name"}
	PageSilenceWhy       = Text{"Lý do", "Reason"}
	PageSilences         = Text{"Đang tắt tiếng", "Silences"}
	PageSilenceEnd       = Text{"Bật lại", "End it"}
	PageNoSilences       = Text{"Không có cảnh báo nào bị tắt tiếng.", "Nothing is silenced."}
	PageSilenceElsewhere = Text{"Tắt tiếng tại Alertmanager nhận cảnh báo.", "Silences are made at the Alertmanager that takes the alerts."}
	PageSilenceFailed    = Text{"Chưa thực hiện được: %v", "Not done: %v"}
	PageHours            = Text{"%d giờ", "%d hours"}
	PageUntil            = Text{"đến %s", "until %s"}
)

// Kinds of targets, by their word in the inventory.
var kinds = map[string]Text{
	"link": {"Đường truyền", "Link"}, "uplink": {"Đường Internet", "Internet uplink"},
	"endpoint": {"Điểm cầu", "Conference endpoint"}, "device": {"Thiết bị", "Device"},
}

// Kind returns the word for a kind of target.
func Kind(kind string) Text { return kinds[kind] }
