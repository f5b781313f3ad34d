package whepsink

import (
	"net"
	"strconv"
	"sync"

	"github.com/go-gst/go-glib/pkg/gobject/v2"
	"github.com/go-gst/go-gst/pkg/gst"
)

// The properties' ids: their places in properties().
const (
	propAddress = iota
	propPort
	propStream
	propCodec
	propBitrate
	propAuthFile
	propInsecure
	propURL
)

func properties() []*gobject.ParamSpec {
	rw := gobject.ParamReadable | gobject.ParamWritable | gst.ParamMutableReady
	d := defaults()
	return []*gobject.ParamSpec{
		gobject.ParamSpecString("address", "Address", "Address to listen on. One that others can reach needs auth-file, or insecure", d.address, rw),
		gobject.ParamSpecUint("port", "Port", "Port of the page and of the media, TCP and UDP; 0 picks a free one", 0, 65535, uint(d.port), rw),
		gobject.ParamSpecString("stream", "Stream", "Name of the stream in addresses: letters, digits, '.', '-' and '_'", d.stream, rw),
		gobject.ParamSpecString("codec", "Codec", "vp8, h264, vp9 or av1", d.codec, rw),
		gobject.ParamSpecUint("bitrate", "Bitrate", "Bits a second", 50_000, 1_000_000_000, uint(d.bitrate), rw),
		gobject.ParamSpecString("auth-file", "Auth file", "File with the tokens of those who may watch and change prompts, as of videogem serve --auth; empty: nobody is asked",
			d.authFile, rw),
		gobject.ParamSpecBoolean("insecure", "Insecure", "Let everybody who reaches the address watch and change prompts", d.insecure, rw),
		gobject.ParamSpecString("url", "URL", "Address of the page while it is served", "", gobject.ParamReadable),
	}
}

// values are what the properties say.
type values struct {
	address  string
	port     int
	stream   string
	codec    string
	bitrate  int
	authFile string
	insecure bool
	url      string
}

func defaults() values {
	return values{address: "127.0.0.1", port: 8080, stream: "video", codec: "vp8", bitrate: 2_500_000}
}

func (v values) listen() string { return net.JoinHostPort(v.address, strconv.Itoa(v.port)) }

// settings guards the values: any thread may set properties. Its lock is a leaf.
type settings struct {
	mu sync.Mutex
	values
}

func (s *settings) snapshot() values {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.values
}

func (s *sink) setProperty(id uint, value any, _ *gobject.ParamSpec) {
	s.settings.mu.Lock()
	defer s.settings.mu.Unlock()
	switch v := value.(type) {
	case string:
		switch id {
		case propAddress:
			s.settings.address = v
		case propStream:
			s.settings.stream = v
		case propCodec:
			s.settings.codec = v
		case propAuthFile:
			s.settings.authFile = v
		}
	case bool:
		s.settings.insecure = v
	case uint32:
		switch id {
		case propPort:
			s.settings.port = int(v)
		case propBitrate:
			s.settings.bitrate = int(v)
		}
	}
}

func (s *sink) getProperty(id uint, _ *gobject.ParamSpec) any {
	v := s.settings.snapshot()
	switch id {
	case propAddress:
		return v.address
	case propPort:
		return uint32(v.port)
	case propStream:
		return v.stream
	case propCodec:
		return v.codec
	case propBitrate:
		return uint32(v.bitrate)
	case propAuthFile:
		return v.authFile
	case propInsecure:
		return v.insecure
	default:
		return v.url
	}
}
