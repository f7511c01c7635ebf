package agent

import (
	"bytes"
	"crypto/hmac"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/gosnmp/gosnmp"
)

var errBroken = errors.New("the message is broken")

// User is one of the user-based security model (RFC 3414).
type User struct {
	Name         string
	Auth         string // md5, sha, sha224, sha256, sha384, sha512; empty: none
	AuthPassword string
	Priv         string // des, aes, aes192, aes256, aes192c, aes256c; empty: none
	PrivPassword string
}

func authProtocol(name string) (gosnmp.SnmpV3AuthProtocol, bool) {
	p, ok := map[string]gosnmp.SnmpV3AuthProtocol{
		"": gosnmp.NoAuth, "md5": gosnmp.MD5, "sha": gosnmp.SHA, "sha224": gosnmp.SHA224,
		"sha256": gosnmp.SHA256, "sha384": gosnmp.SHA384, "sha512": gosnmp.SHA512,
	}[name]
	return p, ok
}

func privProtocol(name string) (gosnmp.SnmpV3PrivProtocol, bool) {
	p, ok := map[string]gosnmp.SnmpV3PrivProtocol{
		"": gosnmp.NoPriv, "des": gosnmp.DES, "aes": gosnmp.AES, "aes192": gosnmp.AES192, "aes256": gosnmp.AES256,
		"aes192c": gosnmp.AES192C, "aes256c": gosnmp.AES256C,
	}[name]
	return p, ok
}

// user is a User with its keys, which are made for one engine.
type user struct {
	usm   *gosnmp.UsmSecurityParameters
	level gosnmp.SnmpV3MsgFlags
}

func newUsers(list []User) (map[string]*user, error) {
	users := make(map[string]*user, len(list))
	for _, u := range list {
		auth, ok := authProtocol(u.Auth)
		if !ok {
			return nil, fmt.Errorf("user %q: auth %q is not known", u.Name, u.Auth)
		}
		priv, ok := privProtocol(u.Priv)
		switch {
		case !ok:
			return nil, fmt.Errorf("user %q: priv %q is not known", u.Name, u.Priv)
		case u.Name == "", u.Auth == "" && u.Priv != "", u.Auth != "" && u.AuthPassword == "", u.Priv != "" && u.PrivPassword == "":
			return nil, fmt.Errorf("user %q: a name, auth before priv, and their passwords are needed", u.Name)
		}
		x := &user{usm: &gosnmp.UsmSecurityParameters{
			UserName: u.Name, AuthenticationProtocol: auth, AuthenticationPassphrase: u.AuthPassword,
			PrivacyProtocol: priv, PrivacyPassphrase: u.PrivPassword,
		}}
		if u.Auth != "" {
			x.level = gosnmp.AuthNoPriv
		}
		if u.Priv != "" {
			x.level = gosnmp.AuthPriv
		}
		users[u.Name] = x
	}
	return users, nil
}

// Objects of SNMP-FRAMEWORK-MIB (RFC 3411), which say what the engine is.
const (
	engineID    = ".1.3.6.1.6.3.10.2.1.1.0"
	engineBoots = ".1.3.6.1.6.3.10.2.1.2.0"
	engineTime  = ".1.3.6.1.6.3.10.2.1.3.0"
)

// engine is what a view says of the engine.
type engine struct {
	id          string
	boots, time uint32
}

func engineOf(view View) engine {
	var e engine
	if v, ok := view.Get(engineID); ok {
		if id, ok := v.Value.([]byte); ok {
			e.id = string(id)
		}
	}
	number := func(oid string) uint32 {
		v, _ := view.Get(oid)
		n, _ := v.Value.(int)
		return uint32(n)
	}
	e.boots, e.time = number(engineBoots), number(engineTime)
	return e
}

// Objects of SNMP-USER-BASED-SM-MIB (RFC 3414, section 5), which reports carry.
const (
	unsupportedSecLevels = ".1.3.6.1.6.3.15.1.1.1.0"
	notInTimeWindows     = ".1.3.6.1.6.3.15.1.1.2.0"
	unknownUserNames     = ".1.3.6.1.6.3.15.1.1.3.0"
	unknownEngineIDs     = ".1.3.6.1.6.3.15.1.1.4.0"
	wrongDigests         = ".1.3.6.1.6.3.15.1.1.5.0"
	decryptionErrors     = ".1.3.6.1.6.3.15.1.1.6.0"
)

// timeWindow is by how many seconds a message may be off (RFC 3414, section
// 3.2, 7).
const timeWindow = 150

// openV3 checks a message in the order of RFC 3414, section 3.2.
func (a *Agent) openV3(message []byte, view View) (request *gosnmp.SnmpPacket, report []byte) {
	e := engineOf(view)
	// Without keys, gosnmp fills in the head and fails behind it.
	head, _ := decode(&gosnmp.GoSNMP{
		Version: gosnmp.Version3, SecurityModel: gosnmp.UserSecurityModel,
		SecurityParameters: &gosnmp.UsmSecurityParameters{UserName: "nobody"},
	}, bytes.Clone(message))
	if head == nil || head.SecurityModel != gosnmp.UserSecurityModel || e.id == "" {
		return nil, nil
	}
	sent, ok := head.SecurityParameters.(*gosnmp.UsmSecurityParameters)
	if !ok {
		return nil, nil
	}
	level := head.MsgFlags & gosnmp.AuthPriv
	u := a.users[sent.UserName]
	switch {
	case sent.AuthoritativeEngineID != e.id:
		return nil, a.report(head, e, nil, unknownEngineIDs)
	case u == nil:
		return nil, a.report(head, e, nil, unknownUserNames)
	case level > u.level || level == gosnmp.AuthPriv-gosnmp.AuthNoPriv:
		return nil, a.report(head, e, nil, unsupportedSecLevels)
	}
	if u.keyFor(e) != nil {
		return nil, nil
	}
	switch {
	case level&gosnmp.AuthNoPriv != 0 && !u.signed(message, sent.AuthenticationParameters):
		return nil, a.report(head, e, nil, wrongDigests)
	case level&gosnmp.AuthNoPriv != 0 && (sent.AuthoritativeEngineBoots != e.boots || apart(sent.AuthoritativeEngineTime, e.time) > timeWindow):
		return nil, a.report(head, e, u, notInTimeWindows)
	}
	p, err := decode(&gosnmp.GoSNMP{Version: gosnmp.Version3, SecurityModel: gosnmp.UserSecurityModel, SecurityParameters: u.usm}, bytes.Clone(message))
	switch {
	case err != nil && level == gosnmp.AuthPriv:
		return nil, a.report(head, e, nil, decryptionErrors)
	case err != nil:
		return nil, nil
	}
	return p, nil
}

// keyFor makes the keys for an engine, once.
func (u *user) keyFor(e engine) error {
	if u.usm.AuthoritativeEngineID == e.id {
		return nil
	}
	u.usm.AuthoritativeEngineID, u.usm.SecretKey, u.usm.PrivacyKey = e.id, nil, nil
	return u.usm.InitSecurityKeys()
}

// signed reports whether a message has the signature that it should have: the
// first bytes of an HMAC over the message with zeros in its place (RFC 3414,
// sections 6.3.2 and 7.3.2; RFC 7860, section 4.2.2).
func (u *user) signed(message []byte, signature string) bool {
	at := bytes.Index(message, []byte(signature))
	if signature == "" || at < 0 {
		return false
	}
	blank := bytes.Clone(message)
	clear(blank[at : at+len(signature)])
	mac := hmac.New(u.usm.AuthenticationProtocol.HashType().New, u.usm.SecretKey)
	_, _ = mac.Write(blank) // a hash never fails to write
	want := mac.Sum(nil)
	return len(signature) == signatureBytes(u.usm.AuthenticationProtocol) && hmac.Equal(want[:len(signature)], []byte(signature))
}

// signatureBytes is how much of an HMAC a message carries.
func signatureBytes(p gosnmp.SnmpV3AuthProtocol) int {
	switch p {
	case gosnmp.SHA224:
		return 16
	case gosnmp.SHA256:
		return 24
	case gosnmp.SHA384:
		return 32
	case gosnmp.SHA512:
		return 48
	default:
		return 12
	}
}

func apart(a, b uint32) uint32 { return max(a, b) - min(a, b) }

// report makes the answer to a message that was refused. Only that about the
// time is signed, since by it the asker sets its clock.
func (a *Agent) report(to *gosnmp.SnmpPacket, e engine, u *user, object string) []byte {
	if to.MsgFlags&gosnmp.Reportable == 0 {
		return nil
	}
	a.stats[object]++
	p := &gosnmp.SnmpPacket{
		Version: gosnmp.Version3, MsgID: to.MsgID, RequestID: to.RequestID, SecurityModel: gosnmp.UserSecurityModel,
		PDUType: gosnmp.Report, ContextEngineID: e.id, ContextName: to.ContextName,
		Variables: []gosnmp.SnmpPDU{{Name: object, Type: gosnmp.Counter32, Value: a.stats[object]}},
	}
	usm := &gosnmp.UsmSecurityParameters{}
	if u != nil {
		usm, p.MsgFlags = copyOf(u.usm), gosnmp.AuthNoPriv
	}
	usm.AuthoritativeEngineID, usm.AuthoritativeEngineBoots, usm.AuthoritativeEngineTime = e.id, e.boots, e.time
	p.SecurityParameters = usm
	answer, err := p.MarshalMsg()
	if err != nil {
		return nil
	}
	return answer
}

// sealV3 signs and encrypts an answer as its request was.
func (a *Agent) sealV3(request, answer *gosnmp.SnmpPacket, view View) {
	sent, ok := request.SecurityParameters.(*gosnmp.UsmSecurityParameters)
	if !ok {
		return
	}
	u := a.users[sent.UserName]
	answer.MsgID, answer.SecurityModel = request.MsgID, gosnmp.UserSecurityModel
	answer.MsgFlags = request.MsgFlags & gosnmp.AuthPriv
	answer.ContextEngineID, answer.ContextName = request.ContextEngineID, request.ContextName
	if answer.MsgFlags != u.level {
		// Who could prove more may not read with less, as in snmpd.
		answer.Error, answer.Variables = gosnmp.AuthorizationError, request.Variables
	}
	e := engineOf(view)
	usm := copyOf(u.usm)
	usm.AuthoritativeEngineBoots, usm.AuthoritativeEngineTime = e.boots, e.time
	a.salt++
	usm.PrivacyParameters = binary.BigEndian.AppendUint64(nil, uint64(e.boots)<<32|a.salt&(1<<32-1))
	answer.SecurityParameters = usm
}

func copyOf(u *gosnmp.UsmSecurityParameters) *gosnmp.UsmSecurityParameters {
	c, _ := u.Copy().(*gosnmp.UsmSecurityParameters)
	return c
}
