package metric

// HTTP, WebSocket and DNS.
var (
	HTTPStatus = &Desc{Name: "wanwatch_http_status_code", Type: Gauge, Scope: Probe,
		Help: "Status code of the last answer, after redirects that were followed; absent while there is none."}
	HTTPPhase = &Desc{Name: "wanwatch_http_phase_seconds", Type: Gauge, Scope: Probe,
		Help:   "How long each part of the last request took, redirects added up: resolve, connect, tls, processing (from the request to the first byte of the answer) and transfer.",
		Labels: []string{"phase"}}
	HTTPVersion = &Desc{Name: "wanwatch_http_version", Type: Gauge, Scope: Probe,
		Help: "Version of HTTP that was spoken: 1, 1.1 or 2."}
	HTTPBody = &Desc{Name: "wanwatch_http_body_bytes", Type: Gauge, Scope: Probe,
		Help: "Length of the body that was read, in bytes, decoded; at most 65,536."}
	DNSResponse = &Desc{Name: "wanwatch_dns_response_code", Type: Gauge, Scope: Probe,
		Help: "RCODE of the last answer (RFC 1035, section 4.1.1): 0 no error, 2 server failure, 3 no such name, 5 refused; absent while there is none."}
	DNSRecords = &Desc{Name: "wanwatch_dns_answer_records", Type: Gauge, Scope: Probe,
		Help: "Records of the type asked for in the last answer."}
	DNSAuthenticated = &Desc{Name: "wanwatch_dns_authenticated", Type: Gauge, Scope: Probe,
		Help: "1 if the resolver marked the last answer as authenticated by DNSSEC (the AD flag; RFC 4035, section 3.2.3), 0 if not."}
)
