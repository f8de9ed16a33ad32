package main

import (
	"fmt"
	"io"
	"math"
	"strings"
	"text/template"
	"time"

	"quietstat/hvac/bench/trial"
)

// A picture is what is drawn: curves of temperature over each other, the relay of each
// in a band below.
type picture struct {
	Title    string
	from, to time.Duration // since the start of the scenario
	clock    time.Duration // local time then
	setpoint series
	curves   []curve
}

// A curve is one controller's day.
type curve struct {
	title string
	temp  series
	runs  []run
	on    bool
}

// A run is the relay on, from and to.
type run struct{ from, to time.Duration }

// see takes one second.
func (c *curve) see(m trial.Moment) {
	c.temp.see(m.At, float64(m.Sensor))
	switch {
	case m.Heat && !c.on:
		c.runs = append(c.runs, run{m.At, m.At + time.Second})
	case m.Heat:
		c.runs[len(c.runs)-1].to = m.At + time.Second
	}
	c.on = m.Heat
}

// A series is a line, one point a minute and one at every jump.
type series struct {
	at []time.Duration
	v  []float64
}

func (s *series) see(at time.Duration, v float64) {
	if n := len(s.v); n > 0 && math.Abs(v-s.v[n-1]) > 0.5 { // a jump is drawn upright
		s.at, s.v = append(s.at, at), append(s.v, s.v[n-1])
	} else if n > 0 && at%time.Minute != 0 {
		return
	}
	s.at, s.v = append(s.at, at), append(s.v, v)
}

// Sizes of the drawing, in pixels.
const (
	drawWidth  = 960.0
	plotLeft   = 60.0
	plotRight  = 940.0
	plotTop    = 40.0
	plotBottom = 360.0
	bandTop    = 380.0
	bandHeight = 22.0
	bandGap    = 24.0
)

var colours = [mostCurves]string{"#1b6ca8", "#d9822b", "#5f8d4e"}

// frame turns times and temperatures into pixels.
type frame struct {
	from, to  time.Duration
	low, high float64
}

func (f frame) x(at time.Duration) float64 {
	return plotLeft + (plotRight-plotLeft)*float64(at-f.from)/float64(f.to-f.from)
}

func (f frame) y(v float64) float64 {
	return plotBottom - (plotBottom-plotTop)*(v-f.low)/(f.high-f.low)
}

func (f frame) points(s series) string {
	var b strings.Builder
	for i := range s.v {
		fmt.Fprintf(&b, "%.1f,%.1f ", f.x(s.at[i]), f.y(s.v[i]))
	}
	return strings.TrimSpace(b.String())
}

// A line, a label and a bar, as the template wants them.
type (
	gridLine struct{ X1, Y1, X2, Y2 float64 }
	label    struct {
		X, Y float64
		Text string
	}
	drawn struct {
		Title, Points, Colour string
		LegendX               float64
		BandY, BandHeight     float64
		Runs                  []bar
	}
	bar struct{ X, Width float64 }
)

// draw writes one SVG.
func draw(w io.Writer, p picture) error {
	f := frame{from: p.from, to: p.to, low: math.Inf(1), high: math.Inf(-1)}
	for _, v := range p.setpoint.v {
		f.low, f.high = min(f.low, v), max(f.high, v)
	}
	for _, c := range p.curves {
		for _, v := range c.temp.v {
			f.low, f.high = min(f.low, v), max(f.high, v)
		}
	}
	if f.low > f.high {
		f.low, f.high = 20, 22
	}
	f.low, f.high = math.Floor(f.low-0.2), math.Ceil(f.high+0.2)
	data := struct {
		Title, Setpoint string
		Width, Height   float64
		Grid            []gridLine
		Rows, Columns   []label
		Curves          []drawn
		Base            float64
	}{Title: p.Title, Setpoint: f.points(p.setpoint), Width: drawWidth, Base: plotBottom}
	each := 1.0
	if f.high-f.low <= 3 {
		each = 0.5
	}
	for v := f.low; v <= f.high; v += each {
		data.Grid = append(data.Grid, gridLine{plotLeft, f.y(v), plotRight, f.y(v)})
		data.Rows = append(data.Rows, label{plotLeft - 8, f.y(v) + 4, fmt.Sprintf("%.1f °C", v)})
	}
	bottom := bandTop + bandGap*float64(len(p.curves))
	for at := (p.from + time.Hour - 1).Truncate(time.Hour); at <= p.to; at += 2 * time.Hour {
		data.Grid = append(data.Grid, gridLine{f.x(at), plotTop, f.x(at), bottom})
		data.Columns = append(data.Columns, label{f.x(at), bottom + 16, fmt.Sprintf("%02d:00", int((p.clock+at).Hours())%24)})
	}
	for i, c := range p.curves {
		d := drawn{Title: c.title, Points: f.points(c.temp), Colour: colours[i], LegendX: plotLeft + 10 + 290*float64(i),
			BandY: bandTop + bandGap*float64(i), BandHeight: bandHeight - 4}
		for _, r := range c.runs {
			d.Runs = append(d.Runs, bar{f.x(r.from), f.x(r.to) - f.x(r.from)})
		}
		data.Curves = append(data.Curves, d)
	}
	data.Height = bottom + 60
	return svg.Execute(w, data)
}

var svg = template.Must(template.New("day").Funcs(template.FuncMap{
	"px": func(v float64) string { return fmt.Sprintf("%.1f", v) },
	"up": func(a, b float64) float64 { return a + b },
}).Parse(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {{px .Width}} {{px .Height}}" font-family="sans-serif" font-size="12">
<rect width="100%" height="100%" fill="#fff"/>
<text x="60" y="24" font-size="16">{{html .Title}}</text>
{{range .Grid}}<line x1="{{px .X1}}" y1="{{px .Y1}}" x2="{{px .X2}}" y2="{{px .Y2}}" stroke="#ddd"/>
{{end}}{{range .Rows}}<text x="{{px .X}}" y="{{px .Y}}" text-anchor="end">{{.Text}}</text>
{{end}}{{range .Columns}}<text x="{{px .X}}" y="{{px .Y}}" text-anchor="middle">{{.Text}}</text>
{{end}}<polyline fill="none" stroke="#000" stroke-dasharray="5 4" points="{{.Setpoint}}"/>
{{range .Curves}}<polyline fill="none" stroke="{{.Colour}}" stroke-width="1.5" points="{{.Points}}"/>
{{$c := .}}{{range .Runs}}<rect x="{{px .X}}" y="{{px $c.BandY}}" width="{{px .Width}}" height="{{px $c.BandHeight}}" fill="{{$c.Colour}}"/>
{{end}}<text x="52" y="{{px (up .BandY 13)}}" text-anchor="end">relay</text>
<rect x="{{px .LegendX}}" y="{{px (up $.Height -24)}}" width="12" height="12" fill="{{.Colour}}"/><text x="{{px (up .LegendX 18)}}" y="{{px (up $.Height -14)}}">{{html .Title}}</text>
{{end}}<text x="{{px (up .Width -20)}}" y="{{px (up .Height -14)}}" text-anchor="end">- - setpoint</text>
</svg>
`))
