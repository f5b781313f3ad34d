package streaming

import (
	"encoding/binary"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pion/interceptor"
	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"
	"github.com/stretchr/testify/require"
)

const (
	videoSSRC, againSSRC = 1111, 2222
	videoType, againType = 96, 97
)

// trackPeer is what a track is bound to; it keeps what comes.
type trackPeer struct {
	webrtc.TrackLocalContext
	rtx  bool
	hold chan struct{} // not nil: a write waits until it is closed

	mu      sync.Mutex
	packets []rtp.Packet
}

func (p *trackPeer) ID() string                              { return "peer" }
func (p *trackPeer) SSRC() webrtc.SSRC                       { return videoSSRC }
func (p *trackPeer) WriteStream() webrtc.TrackLocalWriter    { return p }
func (p *trackPeer) RTCPReader() interceptor.RTCPReader      { return nil }
func (p *trackPeer) Write([]byte) (int, error)               { panic("a track writes packets") }
func (p *trackPeer) SSRCForwardErrorCorrection() webrtc.SSRC { return 0 }

func (p *trackPeer) SSRCRetransmission() webrtc.SSRC {
	if p.rtx {
		return againSSRC
	}
	return 0
}

func (p *trackPeer) CodecParameters() []webrtc.RTPCodecParameters {
	all := codecParameters(CodecVP8)
	if !p.rtx {
		all = all[:1]
	}
	return all
}

func (p *trackPeer) WriteRTP(h *rtp.Header, payload []byte) (int, error) {
	if p.hold != nil {
		<-p.hold
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.packets = append(p.packets, rtp.Packet{Header: h.Clone(), Payload: append([]byte(nil), payload...)})
	return len(payload), nil
}

func boundTrack(t *testing.T, p *trackPeer) *track {
	t.Helper()
	tr, err := newTrack(CodecVP8, "demo")
	require.NoError(t, err)
	require.ErrorIs(t, tr.writeFrame(picture(1, true)), errUnbound)
	codec, err := tr.Bind(p)
	require.NoError(t, err)
	require.EqualValues(t, videoType, codec.PayloadType)
	return tr
}

func missing(numbers ...uint16) []rtcp.NackPair { return rtcp.NackPairsFromSequenceNumbers(numbers) }

// TestRetransmissions: lost packets come again in a stream of their own, RFC 4588 section 4, or as they were where the peer knows none.
func TestRetransmissions(t *testing.T) {
	for name, rtx := range map[string]bool{"RTX": true, "no RTX": false} {
		t.Run(name, func(t *testing.T) {
			peer := &trackPeer{rtx: rtx}
			tr := boundTrack(t, peer)
			require.NoError(t, tr.setPlayoutDelay(3))
			require.NoError(t, tr.writeFrame(&frame{key: true, timestamp: 9000, payloads: [][]byte{{1, 2}, {3}, {4, 5, 6}}}))
			sent := peer.packets
			require.Len(t, sent, 3)
			for i, p := range sent {
				require.EqualValues(t, videoSSRC, p.SSRC)
				require.EqualValues(t, videoType, p.PayloadType)
				require.EqualValues(t, 9000, p.Timestamp)
				require.Equal(t, sent[0].SequenceNumber+uint16(i), p.SequenceNumber) //nolint:gosec // small
				require.Equal(t, i == 2, p.Marker)
				require.Equal(t, []byte{0, 0, 20}, p.GetExtension(3), "players are told to show a key frame at once")
			}
			first := sent[0].SequenceNumber
			peer.packets = nil
			tr.resend(missing(first, first+2, first+3, first-1)) // two of them were never sent
			require.Len(t, peer.packets, 2)
			var newest uint16
			for i, p := range peer.packets {
				lost := sent[2*i]
				require.Equal(t, lost.Timestamp, p.Timestamp)
				require.Equal(t, lost.Marker, p.Marker)
				if !rtx {
					require.EqualValues(t, videoSSRC, p.SSRC)
					require.EqualValues(t, videoType, p.PayloadType)
					require.Equal(t, lost.SequenceNumber, p.SequenceNumber)
					require.Equal(t, lost.Payload, p.Payload)
					continue
				}
				require.EqualValues(t, againSSRC, p.SSRC)
				require.EqualValues(t, againType, p.PayloadType)
				require.Equal(t, lost.SequenceNumber, binary.BigEndian.Uint16(p.Payload), "its own number comes first")
				require.Equal(t, lost.Payload, p.Payload[2:])
				if i > 0 {
					require.Equal(t, newest+1, p.SequenceNumber, "the stream has numbers of its own")
				}
				newest = p.SequenceNumber
			}
			require.NoError(t, tr.writeFrame(picture(18000, false)))
			require.Equal(t, first+3, peer.packets[2].SequenceNumber, "the video goes on as if nothing had been")
			require.EqualValues(t, 2, tr.resent.Load())
			require.NoError(t, tr.Unbind(peer))
			tr.resend(missing(first))
			require.Len(t, peer.packets, 3)
		})
	}
}

// TestRetransmissionsAreBounded: whoever asks for everything, all the time, costs a share of his video more, and a burst.
func TestRetransmissionsAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		peer := &trackPeer{rtx: true}
		tr := boundTrack(t, peer)
		video, again, missed := 0, 0, uint64(0)
		for range 3000 { // a minute
			require.NoError(t, tr.writeFrame(&frame{payloads: [][]byte{make([]byte, 1000), make([]byte, 1000)}}))
			newest := peer.packets[1].SequenceNumber
			var all []uint16
			for i := range uint16(historyPackets) {
				all = append(all, newest-i)
			}
			tr.resend(missing(all...))
			missed += historyPackets
			for _, p := range peer.packets {
				if p.SSRC == againSSRC {
					again += len(p.Payload) - 2
				} else {
					video += len(p.Payload)
				}
			}
			peer.packets = nil
			time.Sleep(20 * time.Millisecond)
		}
		require.LessOrEqual(t, again, int(resendShare*float64(video))+resendBurst)
		require.Positive(t, again)
		require.Equal(t, missed, tr.missed.Load())
		require.EqualValues(t, again/1000, tr.resent.Load())
	})
}

// TestSenderReports: what was sent so far, and how the video's clock stands to the wall's, RFC 3550 section 6.4.1.
func TestSenderReports(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		peer := &trackPeer{rtx: true}
		tr := boundTrack(t, peer)
		require.Nil(t, tr.senderReport(), "nothing was sent")
		for i := range uint32(3) {
			require.NoError(t, tr.writeFrame(&frame{timestamp: 9000 * i, payloads: [][]byte{{1, 2}, {3}}}))
		}
		tr.resend(missing(peer.packets[0].SequenceNumber))
		time.Sleep(500 * time.Millisecond)
		now := time.Now() // of 2000
		r := tr.senderReport()
		require.EqualValues(t, videoSSRC, r.SSRC)
		require.EqualValues(t, 6, r.PacketCount, "retransmissions are another stream's")
		require.EqualValues(t, 9, r.OctetCount)
		require.EqualValues(t, 18000+clockRate/2, r.RTPTime, "half a second after the newest frame")
		require.EqualValues(t, now.Unix()+2208988800, r.NTPTime>>32)
		require.InDelta(t, .5, float64(r.NTPTime&(1<<32-1))/(1<<32), 1e-6)
	})
}

// TestNobodyWaitsForAWrite but who writes: not the report, and not the end.
func TestNobodyWaitsForAWrite(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		peer := &trackPeer{}
		tr := boundTrack(t, peer)
		require.NoError(t, tr.writeFrame(picture(1, true)))
		peer.hold = make(chan struct{})
		done := make(chan error)
		go func() { done <- tr.writeFrame(&frame{payloads: [][]byte{{1}, {2}, {3}}}) }()
		synctest.Wait()
		require.Nil(t, tr.senderReport())
		require.NoError(t, tr.Unbind(peer))
		close(peer.hold)
		require.ErrorIs(t, <-done, errUnbound)
		require.Len(t, peer.packets, 2, "the rest of the frame is left out")
		require.NotNil(t, tr.senderReport())
	})
}
