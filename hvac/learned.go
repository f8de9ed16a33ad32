package hvac

import "time"

// Modes is how many first-order responses a house is made of here.
const Modes = 6

// modeTimes are their time constants in seconds: from the lag of a sensor to the
// walls of a heavy house. A house's answer to heating is a sum of such responses,
// whatever it is built of; only the shares are learned, which makes learning a
// linear problem without wrong turnings. Delays come out as negative shares of the
// quickest.
var modeTimes = [Modes]float64{120, 300, 1200, 5400, 21600, 86400}

// facts are what the learner estimates: the shares, and the part of the temperature
// that heating does not explain, with its slope.
const facts = Modes + 2

const (
	level = Modes     // index of that part, °C
	slope = Modes + 1 // and of its slope, K/h
)

// Learned is what is known of the house: how it answers to heating. The zero value
// knows nothing. It is learned from every minute the house is heated or not (see
// learn), and never from setpoints or the time of day.
type Learned struct {
	Recent   [Modes]float64        // heating of late, 0 to 1, behind each time constant
	Fact     [facts]float64        // K at full heating for ever; °C; K/h
	Doubt    [facts][facts]float64 // covariance of Fact
	Informed time.Duration         // how much time was learned from
	Surprise float64               // mean of what was missed, squared and in variances: 1 is as expected

	Minute minute // what the next update of it is gathered in
	Watch  drift
	Trust  trust
	Law    law
	Begun  bool // the first step since the start has been made
}

// minute gathers what one update of the learner is made of.
type minute struct {
	Spent  float64        // s since it began
	Recent [Modes]float64 // sum of Learned.Recent at the samples
	Sum    float64        // °C, of the samples
	Count  float64        // of samples
	Rest   float64        // K, sum of what the drift did not follow
	Square float64        // K², of its squares
}

// noise is the variance of the minute's mean, by how the samples scatter about the drift.
func (m *minute) noise() float64 {
	const least = sampleNoise * sampleNoise
	if m.Count < 3 {
		return least
	}
	mean := m.Rest / m.Count
	return max(least, (m.Square/m.Count-float64(mean*mean))/(m.Count-1))
}

// What the learner believes before it has seen anything, as standard deviations in
// the units of Fact, and how fast things may change by themselves.
var firstDoubt = [facts]float64{1, 1, 6, 15, 6, 10, 20, 1}

const (
	learnEvery  = 60.0  // s
	sampleNoise = 0.03  // K, of a minute's mean, at least
	shareDrift  = 0.003 // K/√h: a house is rebuilt over years
	levelDrift  = 0.1   // K/√h: sun, people, wind
	slopeDrift  = 0.1   // K/h/√h
	slopeFades  = 4.0   // h
	outOfLine   = 4.0   // standard deviations: what misses by more is not the house
)

// forget makes what the learner knows of this very hour as doubtful as at the start;
// what it knows of the house stays.
func (h *Learned) forget() {
	h.unsettle()
	h.Minute, h.Watch = minute{}, drift{Time: h.Watch.Time}
}

// unsettle is the part of forget that concerns the learner itself.
func (h *Learned) unsettle() {
	for i := range h.Doubt {
		h.Doubt[level][i], h.Doubt[i][level] = 0, 0
		h.Doubt[slope][i], h.Doubt[i][slope] = 0, 0
	}
	h.Doubt[level][level] = float64(firstDoubt[level] * firstDoubt[level])
	h.Doubt[slope][slope] = float64(firstDoubt[slope] * firstDoubt[slope])
}

// begin is the first step of a new or restored state.
func (h *Learned) begin() {
	if h.Begun {
		return
	}
	h.Begun = true
	if h.Doubt[0][0] == 0 {
		h.doubtAll()
	}
	h.forget()
	h.settle()
}

// doubtAll is the doubt of the start.
func (h *Learned) doubtAll() {
	for i, d := range firstDoubt {
		h.Doubt[i][i] = float64(d * d)
	}
}

// pass lets dt seconds pass with the heating on or off.
func (h *Learned) pass(dt, on float64) {
	if dt <= 0 {
		return
	}
	for i, tau := range modeTimes {
		z := dt / tau
		gone := 1 - 1/(1+z+float64(z*z)/2)
		h.Recent[i] += float64((on - h.Recent[i]) * gone)
	}
	h.Minute.Spent += dt
	h.Watch.pass(dt)
	h.Trust.Rest = max(0, h.Trust.Rest-time.Duration(dt*float64(time.Second)))
}

// sample takes in one good sample. learning is false while something acts on the
// room that heating does not explain and that is known: an open door, a compressor.
func (h *Learned) sample(t float64, learning bool) {
	x := t - h.explained()
	h.Watch.see(x)
	m, rest := &h.Minute, x-h.Watch.Level
	m.Sum += t
	m.Count++
	m.Rest += rest
	m.Square += float64(rest * rest)
	for i, r := range h.Recent {
		m.Recent[i] += r
	}
	if m.Spent < learnEvery {
		return
	}
	if learning && m.Spent < float64(10*learnEvery) {
		h.learn(m.Sum/m.Count, m.Spent)
		h.settle()
		h.judge()
	} else {
		h.forget()
	}
	h.Minute = minute{}
}

// explained is the part of the temperature that recent heating explains, in K.
func (h *Learned) explained() float64 {
	sum := 0.0
	for i, r := range h.Recent {
		sum += float64(h.Fact[i] * r)
	}
	return sum
}
