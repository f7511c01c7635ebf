package metric

// TCP and TLS.
var (
	TCPConnect = &Desc{Name: "wanwatch_tcp_connect_seconds", Type: Gauge, Scope: Probe,
		Help: "From the first SYN to the established connection, in the last probe."}
	TLSHandshake = &Desc{Name: "wanwatch_tls_handshake_seconds", Type: Gauge, Scope: Probe,
		Help: "Duration of the TLS handshake of the last probe."}
	CertificateExpiry = &Desc{Name: "wanwatch_tls_certificate_expiry_timestamp_seconds", Type: Gauge, Scope: Probe,
		Help: "Unix time at which the first certificate of the presented chain expires."}
)
