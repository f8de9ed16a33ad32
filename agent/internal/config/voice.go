package config

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// rawVoice is [voice]. An adapter is there when its table is.
type rawVoice struct {
	OpenFrom *string `toml:"open_from"`

	LVA     *rawVoiceDial   `toml:"lva"`
	Wyoming *rawWyoming     `toml:"wyoming"`
	Hermes  *rawHermes      `toml:"hermes"`
	Handle  *rawVoiceListen `toml:"handle"`
	OVOS    *rawVoiceDial   `toml:"ovos"`
}

type rawVoiceDial struct {
	Address *string `toml:"address"`
}

type rawVoiceListen struct {
	Listen *string `toml:"listen"`
}

type rawWyoming struct {
	Listen *string `toml:"listen"`
	Wake   *string `toml:"wake"`
}

type rawHermes struct {
	Broker       *string    `toml:"broker"`
	UsernameFile *string    `toml:"username_file"`
	PasswordFile *string    `toml:"password_file"`
	Sites        []string   `toml:"sites"`
	Intents      rawIntents `toml:"intents"`
}

type rawIntents struct {
	SetTemperature    *string `toml:"set_temperature"`
	ChangeTemperature *string `toml:"change_temperature"`
	GetTemperature    *string `toml:"get_temperature"`
	SetMode           *string `toml:"set_mode"`
}

// OpenFrom is the event of a voice session that opens it.
type OpenFrom string

const (
	OpenFromThinking OpenFrom = "thinking" // the end of speech
	OpenFromWake     OpenFrom = "wake"
)

// Voice is which voice stacks of this device are listened to. All addresses are of
// the loopback; an empty one is an adapter that is not there.
type Voice struct {
	OpenFrom OpenFrom
	LVA      string // linux-voice-assistant, which is dialled
	Wyoming  string // where satellites send their events to
	Wake     string // of Wyoming: "local", the maker's word that the wake word is heard by the satellite itself
	Hermes   Hermes
	Handle   string // where Wyoming asks what to do about a sentence
	OVOS     string // OpenVoiceOS, which is dialled
}

// Hermes is the broker on which a dialogue manager speaks.
type Hermes struct {
	Broker                     string // empty: none
	UsernameFile, PasswordFile string // absolute; empty: none
	Sites                      []string
	Intents                    Intents
}

// Intents are the names of what can be asked for in the room, all different.
type Intents struct{ SetTemperature, ChangeTemperature, GetTemperature, SetMode string }

// Configured reports whether there is any adapter, and with it a role.
func (v Voice) Configured() bool { return len(v.Dialled()) > 0 || v.Wyoming != "" || v.Handle != "" }

// Dialled lists the addresses of the stacks that are dialled. None of them may also
// be a recipient: who receives would then say that somebody spoke.
func (v Voice) Dialled() []string {
	return slices.DeleteFunc([]string{v.LVA, v.Hermes.Broker, v.OVOS}, func(a string) bool { return a == "" })
}

func (c *checker) voice(raw rawVoice) Voice {
	v := Voice{OpenFrom: OpenFrom(or(raw.OpenFrom, string(OpenFromThinking)))}
	if v.OpenFrom != OpenFromThinking && v.OpenFrom != OpenFromWake {
		c.complain("voice.open_from", "voice.open_from is "+quote(string(v.OpenFrom)), `"thinking" or "wake", default "thinking"`,
			`remove the line if unsure: nothing is then told before somebody has spoken`)
	}
	if raw.LVA != nil {
		v.LVA = c.loopback("voice.lva.address", raw.LVA.Address, "127.0.0.1:6055")
	}
	if raw.OVOS != nil {
		v.OVOS = c.loopback("voice.ovos.address", raw.OVOS.Address, "127.0.0.1:8181")
	}
	if raw.Handle != nil {
		v.Handle = c.loopback("voice.handle.listen", raw.Handle.Listen, "127.0.0.1:10600")
	}
	if w := raw.Wyoming; w != nil {
		v.Wyoming, v.Wake = c.loopback("voice.wyoming.listen", w.Listen, "127.0.0.1:10500"), or(w.Wake, "")
		const remedy = `write wake = "local" if the satellite has a wake word service of its own; otherwise there is nothing here to believe`
		switch {
		case w.Wake == nil:
			c.missing("voice.wyoming.wake", `"local", your word that the satellite itself hears the wake word`, remedy)
		case v.Wake != "local":
			c.complain("voice.wyoming.wake", "voice.wyoming.wake is "+quote(v.Wake), `"local": a wake word that a server hears is the server's word`, remedy)
		}
	}
	if raw.Hermes != nil {
		v.Hermes = c.hermes(*raw.Hermes)
	}
	c.apart(v)
	return v
}

func (c *checker) hermes(raw rawHermes) Hermes {
	h := Hermes{
		Broker: c.loopback("voice.hermes.broker", raw.Broker, "127.0.0.1:1883"), Sites: raw.Sites,
		UsernameFile: c.secret("voice.hermes.username_file", raw.UsernameFile), PasswordFile: c.secret("voice.hermes.password_file", raw.PasswordFile),
	}
	const mostSites = 16
	bad := slices.ContainsFunc(h.Sites, func(s string) bool { return s == "" || len(s) > 64 || strings.ContainsFunc(s, unprintable) })
	if bad || len(h.Sites) > mostSites {
		c.complain("voice.hermes.sites", "voice.hermes.sites is not a list of site ids",
			fmt.Sprintf("at most %d names of 1 to 64 bytes, default none, which is all", mostSites), "write each site id of the broker that is in this house")
	}
	taken := map[string]bool{}
	name := func(key string, v *string, initial string) string {
		n := or(v, initial)
		if n == "" || len(n) > 64 || taken[n] || strings.ContainsAny(n, "/+#") || strings.ContainsFunc(n, unprintable) {
			c.complain("voice.hermes.intents."+key, "voice.hermes.intents."+key+" is "+quote(n),
				"the name of an intent, unlike the others, without / + or #, default "+initial, "write it as the sentences of the assistant do")
		}
		taken[n] = true
		return n
	}
	h.Intents.SetTemperature = name("set_temperature", raw.Intents.SetTemperature, "SetTemperature")
	h.Intents.ChangeTemperature = name("change_temperature", raw.Intents.ChangeTemperature, "ChangeTemperature")
	h.Intents.GetTemperature = name("get_temperature", raw.Intents.GetTemperature, "GetTemperature")
	h.Intents.SetMode = name("set_mode", raw.Intents.SetMode, "SetMode")
	return h
}

// loopback is an address on this device. A name is none: it may come to mean another.
func (c *checker) loopback(key string, v *string, initial string) string {
	s := or(v, initial)
	a, err := netip.ParseAddrPort(s)
	expected := "an address of this device and a port, default " + initial
	switch {
	case err != nil || a.Port() == 0 || a.Addr().Zone() != "":
		c.complain(key, key+" is "+quote(s)+", which is no address with a port", expected, "write it in numbers, such as "+initial)
		return initial
	case !a.Addr().Unmap().IsLoopback():
		c.complain(key, key+" is "+quote(s)+", which is not on this device", expected,
			"move the voice stack here and write 127.0.0.1:"+strconv.Itoa(int(a.Port()))+": whoever reaches it could say that somebody spoke")
		return initial
	}
	return a.String()
}

func (c *checker) secret(key string, v *string) string {
	if v == nil || *v == "" {
		return ""
	}
	return c.folder(key, v, "")
}

// apart refuses two adapters at one address.
func (c *checker) apart(v Voice) {
	seen := map[string]string{}
	for _, a := range []struct{ key, at string }{
		{"voice.lva.address", v.LVA}, {"voice.wyoming.listen", v.Wyoming}, {"voice.hermes.broker", v.Hermes.Broker}, {"voice.handle.listen", v.Handle}, {"voice.ovos.address", v.OVOS},
	} {
		if first := seen[a.at]; a.at != "" && first != "" {
			c.complain(a.key, a.key+" is the address of "+first, "an address of its own", "give each the address its stack has")
		}
		seen[a.at] = a.key
	}
}
