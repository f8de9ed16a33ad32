//go:build systest

package systest

import (
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
)

// leakRow is one way in which something about a house gets out of it. The numbers
// are those of the list the tests are named after.
type leakRow struct {
	number   int
	channel  string
	closedBy string
	test     string // the function; "" when nothing of ours can be tested
	residual string // the sentence the README prints, "" when the row is closed
}

// leakRows is the list, in order.
var leakRows = []leakRow{
	{1, "an idle connection, its time and its keepalive show that somebody is there", "no connection and no uplink process outside a window", "TestL01NoConnectionWhileClosed", ""},
	{2, "a last will tells when the link ends", "no will can be written: the fence refuses a CONNECT with one", "TestL02NoWill", ""},
	{3, "retained state outlives the revocation", "retain is never set but on the empty message of an erasure", "TestL03NothingRetained", ""},
	{4, "retained discovery names doors and components", "nothing is retained; a description says what is shared, by number and in no words of the house", "TestL04NoDiscoveryLeftBehind", ""},
	{5, "a client's queue delivers later", "one connection per window, quality 0, no retry, no store", "TestL05NothingAfterACutLink", ""},
	{6, "the kernel's send buffer goes on after close", "linger 0 from the first moment, one message at a time", "TestL06KernelBufferIsDiscarded",
		"A packet that waits in the kernel for the address of its neighbour, because a cable was just pulled, may still go out when the cable comes back within three seconds."},
	{7, "samples from before the window are filled in", "check fresh: only samples taken after the opening", "TestL07NoBackfill", ""},
	{8, "the broker keeps a session and what is in flight", "clean session, MQTT 3.1.1, quality 0", "TestL08NoBrokerSession", ""},
	{9, "subscriptions, client id and user name identify", "a random client id in every window; no subscription but by profiles that are heard, to a closed list of topics", "TestL09NoSubscriptionNoIdentity", ""},
	{10, "the acknowledgement of a command tells the state", "json/1 is cut off, home-assistant/1 gets no answer, alexa/1 one that the state does not change", "TestL10NoAcknowledgement", ""},
	{11, "an error reply is an oracle", "json/1: no reply, the connection is reset; home-assistant/1: no reply; alexa/1: one constant error", "TestL11NoErrorReply", ""},
	{12, "the time of a command's effect tells", "json/1: the reset comes at once, in every house alike; others: what is told next is on its grid", "TestL12SameReactionTime", ""},
	{13, "consent arrives from outside", "nothing inbound maps to consent; a command moves what an opt-in for it lets it, and opens nothing", "TestL13NothingFromOutsideOpens", ""},
	{14, "enrolment or account linking counts as consent", "enrolment is no basis", "TestL14EnrolmentIsNoConsent", ""},
	{15, "a session is forged or started from afar", "a press, or a wake word heard live on this device; nothing listens beyond it", "TestL15ForgedSessionOpensNothing", ""},
	{16, "the end of a session is lost", "leases on CLOCK_BOOTTIME", "TestL16LostEndCloses", ""},
	{17, "the mDNS record tells name, state or hardware", "a random name and v=1, nothing else", "TestL17RecordTellsNothing", ""},
	{18, "devices on the local network harvest multicast", "no pipe leads from the house to the responder", "TestL18MulticastHasNoHouse", ""},
	{19, "announcements move when the state does", "announced at start and when an address changes", "TestL19NoAnnouncementOnChange", ""},
	{20, "a broker's name is looked up", "looked up within the window only", "TestL20NamesAreLookedUpInsideTheWindow", ""},
	{21, "time synchronisation", "quietstat asks nobody for the time", "TestL21NoTimeRequests",
		"Time synchronisation is the operating system's: its requests show that a computer is on, and nothing about the house."},
	{22, "destination, certificate and shape of TLS", "no server name is sent for an address", "TestL22NoServerNameForAddresses",
		"While a window is open, an observer of the network sees to whom it is open and, with TLS, the shape of the handshake."},
	{23, "times and sizes while open betray doors", "a fixed grid and one size for the fields that are shared", "TestL23TrafficIsIndependentOfTheDoors", ""},
	{24, "the opening of a window says that somebody is there", "cannot be closed: somebody pressed", "",
		"That a session takes place is visible while it does: somebody is at home and talking."},
	{25, "logs carry values", "no reading, setpoint, door or recipient is logged", "TestL25JournalIsSilent", ""},
	{26, "the MQTT library's own logs", "they stay switched off", "TestL26LibraryLogsAreOff", ""},
	{27, "metrics, profiles, health pages", "there are none, and no socket listens on the network", "TestL27NothingListens", ""},
	{28, "core dumps and crash reports", "no core, no reporter; a trace has no readings", "TestL28CrashesTellNothing", ""},
	{29, "support bundles", "there are none: a once-consent shows and sends one snapshot", "TestL29NoSupportBundle", ""},
	{30, "update checks and version pings", "none", "TestL30NoUpdateChecks", ""},
	{31, "libraries that speak by themselves", "keeper and control have no network and never ask for one", "TestL31RolesAskForNoNetwork", ""},
	{32, "proxies from the environment", "the dialer takes none", "TestL32NoProxy", ""},
	{33, "a moved clock extends or revives consent", "CLOCK_BOOTTIME, a high-water mark, used validity stays used", "TestL33MovedClockCloses", ""},
	{34, "the local interface answers anybody, or a web page", "unix sockets for the house's own users", "TestL34StrangersAreNotAnswered", ""},
	{35, "light, relays and their sound are seen and heard next door", "nothing in software", "",
		"Whoever can see the light or hear the relays knows what they do."},
	{36, "the SD card and its copies", "private files; the ledger holds commitments, values can be purged", "TestL36LedgerHoldsNoReading", ""},
	{37, "transcripts from a voice adapter", "the roles' types have no place for what was said", "TestL37NoPlaceForWords", ""},
	{38, "a message says that consent ended", "silence", "TestL38EndIsSilent", ""},
	{39, "ARP, DHCP and IPv6 addresses identify the device", "the operating system's to set", "",
		"What the operating system says by itself (ARP, DHCP and its host name, IPv6 addresses) is the operating system's."},
	{40, "a consumer in the house passes it on", "declared with the recipient and shown with it", "TestL40OnwardIsShown",
		"What a recipient keeps or passes on is beyond our reach; what it declares is shown with it."},
	{41, "a checkpoint is sent to a witness", "nothing is sent: checkpoints are taken by hand", "TestL41CheckpointsStayAtHome", ""},
	{42, "two windows are linked by their ids", "client and message ids are new in every window", "TestL42WindowsShareNoIds",
		"A recipient of profile home-assistant/1 or alexa/1 knows the device again by its id, which is random, its own and stays."},
}

var verdicts struct {
	sync.Mutex
	of map[int]string
}

// swept are the folders to be removed at the end.
var swept []string

// leak begins the test of one row: its verdict goes into the table.
func leak(t *testing.T, number int) {
	t.Helper()
	t.Cleanup(func() {
		verdict := "holds"
		if t.Failed() {
			verdict = "BROKEN"
		}
		verdicts.Lock()
		defer verdicts.Unlock()
		if verdicts.of == nil {
			verdicts.of = map[int]string{}
		}
		verdicts.of[number] = verdict
	})
}

// leakTable is consent/LEAKS.md.
func leakTable(verdicts map[int]string) string {
	var b strings.Builder
	b.WriteString(`# How something about a house gets out of it, and what closes each way

Generated by the system tests (` + "`make test-system`" + `), which fail when it is not what they
found; ` + "`QUIETSTAT_LEAKS=write make test-system`" + ` writes it anew. Each row is a test of that
name in ` + "`agent/internal/systest`" + `, run against the shipped program with a byte-recording
broker, Mosquitto and a packet capture on every cable. Residual rows are outside of what
this program can close: the README says so in the words below the table.

| row | channel | closed by | test | result |
|---|---|---|---|---|
`)
	for _, r := range leakRows {
		test, result := r.test, verdicts[r.number]
		if test == "" {
			test, result = "", "residual"
		} else if result == "" {
			result = "not run"
		}
		if r.residual != "" && r.test != "" {
			result += ", rest residual"
		}
		fmt.Fprintf(&b, "| L%d | %s | %s | %s | %s |\n", r.number, r.channel, r.closedBy, test, result)
	}
	b.WriteString("\n## What remains\n\n")
	for _, r := range leakRows {
		if r.residual != "" {
			fmt.Fprintf(&b, "- L%d: %s\n", r.number, r.residual)
		}
	}
	return b.String()
}

const leakFile = "../../../consent/LEAKS.md"

func TestMain(m *testing.M) {
	code := m.Run()
	for _, folder := range swept {
		os.RemoveAll(folder)
	}
	if err := checkLeakFile(); err != nil && code == 0 {
		fmt.Fprintln(os.Stderr, "FAIL: consent/LEAKS.md:", err)
		code = 1
	}
	os.Exit(code)
}

// checkLeakFile compares the file with what this run found, when it ran every row.
func checkLeakFile() error {
	verdicts.Lock()
	defer verdicts.Unlock()
	for _, r := range leakRows {
		if r.test != "" && verdicts.of[r.number] == "" {
			return nil // a part of the suite says nothing about the whole
		}
	}
	found := leakTable(verdicts.of)
	if os.Getenv("QUIETSTAT_LEAKS") == "write" {
		return os.WriteFile(leakFile, []byte(found), 0o644)
	}
	kept, err := os.ReadFile(leakFile)
	if err != nil {
		return err
	}
	if string(kept) != found {
		return fmt.Errorf("it is not what this run found; QUIETSTAT_LEAKS=write make test-system writes it")
	}
	return nil
}

// The README owns up to what remains, in the same words as the table.
func TestReadmeOwnsUpToWhatRemains(t *testing.T) {
	b, err := os.ReadFile("../../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	readme := strings.Join(strings.Fields(string(b)), " ")
	for i, r := range leakRows {
		if r.number != i+1 {
			t.Errorf("row %d stands at place %d", r.number, i+1)
		}
		if r.residual != "" && !strings.Contains(readme, r.residual) {
			t.Errorf("the README does not say of L%d: %s", r.number, r.residual)
		}
		if r.residual == "" && r.test == "" {
			t.Errorf("L%d has neither a test nor a sentence", r.number)
		}
	}
}
