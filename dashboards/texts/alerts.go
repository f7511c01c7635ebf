package texts

// AlertText is what an alert says: a title that names it, and one line that is
// filled in by Prometheus' templates, such as {{ $labels.name }}.
type AlertText struct{ Title, Summary Text }

// downSites names the sites whose lines of a provider are down.
const downSites = "{{ range $i, $line := printf \"(wanwatch_target_state == 3) * on (target, kind, site) group_left (site_name) wanwatch_target_info{provider='%s'}\" $labels.provider | query }}" +
	"{{ if $i }}, {{ end }}{{ $line.Labels.site_name }}{{ end }}"

// Alerts are the texts of all alerts, by name.
func Alerts() map[string]AlertText {
	return map[string]AlertText{
		"EndpointDown": {Text{"Điểm cầu mất kết nối", "Conference endpoint down"},
			Text{"{{ $labels.name }} mất kết nối.", "{{ $labels.name }} is down."}},
		"EndpointInMeetingDown": {Text{"Điểm cầu mất kết nối khi có cuộc họp", "Conference endpoint down at a meeting"},
			Text{"{{ $labels.name }} mất kết nối, cuộc họp đang diễn ra hoặc sắp bắt đầu.", "{{ $labels.name }} is down, and its meeting is on or about to start."}},
		"EndpointDegraded": {Text{"Điểm cầu suy giảm", "Conference endpoint degraded"},
			Text{"{{ $labels.name }} hoạt động không ổn định.", "{{ $labels.name }} works badly."}},
		"LinkDown": {Text{"Đường truyền mất kết nối", "Link down"},
			Text{"Đường truyền {{ $labels.name }} ({{ $labels.site_name }}) mất kết nối.", "The link {{ $labels.name }} ({{ $labels.site_name }}) is down."}},
		"UplinkDown": {Text{"Đường Internet mất kết nối", "Internet uplink down"},
			Text{"Đường Internet {{ $labels.name }} ({{ $labels.site_name }}) mất kết nối.", "The internet uplink {{ $labels.name }} ({{ $labels.site_name }}) is down."}},
		"LinkOnBackup": {Text{"Đang chạy đường dự phòng", "Running on the backup link"},
			Text{"{{ $labels.site_name }} đang chạy bằng đường dự phòng: {{ $labels.name }} mất kết nối.", "{{ $labels.site_name }} runs on its backup link: {{ $labels.name }} is down."}},
		"SiteDown": {Text{"Cả điểm mất kết nối", "Site down"},
			Text{"Mọi đường truyền đến {{ $labels.site }} đều mất kết nối; các cảnh báo khác của điểm này được ẩn.", "All links of {{ $labels.site }} are down; its other alerts are hidden."}},
		"ProviderDown": {Text{"Nhà cung cấp gặp sự cố", "Provider failing"},
			Text{"{{ $value }} đường truyền của {{ $labels.provider }} mất kết nối: " + downSites + ".", "{{ $value }} lines of {{ $labels.provider }} are down: " + downSites + "."}},
		"NetworkOpen": {Text{"Mạng kín bị hở", "Closed network open"},
			Text{"{{ $labels.name }} trả lời, trong khi mạng này không được có đường ra ngoài.", "{{ $labels.name }} answers, while this network must have no way out."}},
		"Flapping": {Text{"Kết nối chập chờn", "Flapping"},
			Text{"{{ $labels.name }} đã đổi trạng thái {{ $value }} lần trong 30 phút.", "{{ $labels.name }} changed its state {{ $value }} times in 30 minutes."}},
		"LossOverSLA": {Text{"Mất gói vượt SLA", "Packet loss over the SLA"},
			Text{"{{ $labels.name }} mất {{ $value | humanizePercentage }} gói tin, vượt cam kết trong hợp đồng.", "{{ $labels.name }} loses {{ $value | humanizePercentage }} of its packets, more than the contract allows."}},
		"RTTOverSLA": {Text{"Độ trễ vượt SLA", "Delay over the SLA"},
			Text{"{{ $labels.name }} có độ trễ {{ $value | humanizeDuration }}, vượt cam kết trong hợp đồng.", "{{ $labels.name }} takes {{ $value | humanizeDuration }} for a round trip, longer than the contract allows."}},
		"JitterOverSLA": {Text{"Độ biến thiên trễ vượt SLA", "Jitter over the SLA"},
			Text{"{{ $labels.name }} có độ biến thiên trễ {{ $value | humanizeDuration }}, vượt cam kết trong hợp đồng.", "{{ $labels.name }} has a jitter of {{ $value | humanizeDuration }}, more than the contract allows."}},
		"LineSaturated": {Text{"Đường truyền bão hòa", "Line saturated"},
			Text{"{{ $labels.name }} đang dùng {{ $value | humanizePercentage }} băng thông hợp đồng.", "{{ $labels.name }} uses {{ $value | humanizePercentage }} of its contracted bandwidth."}},
		"InterfaceErrors": {Text{"Lỗi giao diện", "Interface errors"},
			Text{"Giao diện của {{ $labels.name }} lỗi {{ $value | humanize }} gói mỗi giây.", "The interface of {{ $labels.name }} has {{ $value | humanize }} bad packets a second."}},
		"LineOver70": {Text{"Đường truyền dùng trên 70 %", "Line used over 70 %"},
			Text{"P95 trong tuần của {{ $labels.name }} là {{ $value | humanizePercentage }} băng thông hợp đồng.", "The week's P95 of {{ $labels.name }} is {{ $value | humanizePercentage }} of its contracted bandwidth."}},
		"LineOver80": {Text{"Đường truyền dùng trên 80 %", "Line used over 80 %"},
			Text{"P95 trong tuần của {{ $labels.name }} là {{ $value | humanizePercentage }} băng thông hợp đồng: cần lập kế hoạch nâng cấp.", "The week's P95 of {{ $labels.name }} is {{ $value | humanizePercentage }} of its contracted bandwidth: plan an upgrade."}},
		"LineOver90": {Text{"Đường truyền dùng trên 90 %", "Line used over 90 %"},
			Text{"P95 trong tuần của {{ $labels.name }} là {{ $value | humanizePercentage }} băng thông hợp đồng: cần nâng cấp ngay.", "The week's P95 of {{ $labels.name }} is {{ $value | humanizePercentage }} of its contracted bandwidth: upgrade it now."}},
		"LineFullAtDelivery": {Text{"Đường truyền sẽ đầy trước khi kịp nâng cấp", "Line full before an upgrade can be there"},
			Text{"Theo xu hướng, {{ $labels.name }} sẽ dùng {{ $value | humanizePercentage }} băng thông khi đường nâng cấp được giao.", "By its trend, {{ $labels.name }} will use {{ $value | humanizePercentage }} of its bandwidth when an upgrade is delivered."}},
		"CertificateEnding": {Text{"Chứng thư sắp hết hạn", "Certificate about to expire"},
			Text{"Chứng thư của {{ $labels.name }} hết hạn sau {{ $value | humanize }} ngày.", "The certificate of {{ $labels.name }} expires in {{ $value | humanize }} days."}},
		"ContractEnding": {Text{"Hợp đồng sắp hết hạn", "Contract about to end"},
			Text{"Hợp đồng của {{ $labels.name }} hết hạn sau {{ $value | humanize }} ngày.", "The contract of {{ $labels.name }} ends in {{ $value | humanize }} days."}},
		"DeviceDown": {Text{"Thiết bị không trả lời", "Device not answering"},
			Text{"Thiết bị {{ $labels.name }} không trả lời.", "The device {{ $labels.name }} does not answer."}},
		"DeviceRebooted": {Text{"Thiết bị khởi động lại", "Device rebooted"},
			Text{"Thiết bị {{ $labels.name }} vừa khởi động lại.", "The device {{ $labels.name }} has started anew."}},
		"MonitorBlind": {Text{"Hệ thống giám sát không đo được", "Monitor blind"},
			Text{"Không biết gì về {{ $value | humanizePercentage }} số mục tiêu.", "Nothing is known about {{ $value | humanizePercentage }} of the targets."}},
		"MonitorLate": {Text{"Hệ thống giám sát bị chậm", "Monitor late"},
			Text{"Trong 5 phút có {{ $value | humanize }} giây không gửi được ping.", "In {{ $value | humanize }} seconds of five minutes no ping could be sent."}},
		"MonitorDropping": {Text{"Hệ thống giám sát mất gói trả lời", "Monitor dropping answers"},
			Text{"Nhân hệ điều hành đã bỏ {{ $value }} gói trả lời trong 5 phút.", "The kernel dropped {{ $value }} answers in five minutes."}},
		"InventoryReloadFailed": {Text{"Danh mục không nạp được", "Inventory not loaded"},
			Text{"Danh mục trên đĩa có lỗi; bản trước đó vẫn được dùng.", "The inventory on disk is wrong; the one before stays in force."}},
		"HistoryFailing": {Text{"Không lưu được lịch sử", "History not kept"},
			Text{"Không ghi được dữ liệu lịch sử; việc đo vẫn tiếp tục.", "Samples could not be kept; probing goes on."}},
		"DiskFilling": {Text{"Đĩa sắp đầy", "Disk filling"},
			Text{"Đĩa lưu lịch sử còn {{ $value | humanize1024 }}B.", "The disk of the history has {{ $value | humanize1024 }}B left."}},
		"ClockOff": {Text{"Đồng hồ máy chủ sai lệch", "Clock off"},
			Text{"Đồng hồ của máy chủ chạy wanwatch không được đồng bộ.", "The clock of the host that runs wanwatch is not synchronized."}},
		"RulesFailing": {Text{"Quy tắc không tính được", "Rules failing"},
			Text{"Nhóm quy tắc {{ $labels.group }} không tính được.", "The group of rules {{ $labels.group }} could not be evaluated."}},
		"Heartbeat": {Text{"Nhịp tim của hệ thống", "Heartbeat"},
			Text{"Luôn bật: nếu cảnh báo này im lặng thì hệ thống cảnh báo đã hỏng.", "Always on: if this alert falls silent, alerting itself is broken."}},
	}
}
