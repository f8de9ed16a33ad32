// Package mqtt is one careful MQTT 3.1.1 client, made for one window and one
// recipient, and never used again.
//
// The protocol itself is github.com/eclipse/paho.mqtt.golang, which is imported
// nowhere else. Paho is written to deliver messages whatever happens; this house
// is about not delivering them once consent has ended. Left to its defaults it
// keeps messages in a store and sends them on the next connection, keeps blocked
// callers waiting across connections, says "done" about messages that never
// left, and its Disconnect returns while packets can still go out. So:
//
//   - the store is null, the session clean, the quality of service 0; there is no
//     will, nothing is retained but emptiness (an erasure), and paho neither reconnects nor retries;
//   - the protocol version is pinned, because otherwise a refused login is tried a
//     second time as MQTT 3.1, with the same password;
//   - the connection is opened here: no proxy from the environment, no TCP
//     keepalive, a small send buffer, and SO_LINGER zero from the first moment, so
//     that even a process that is killed leaves nothing behind in the kernel;
//   - consent is enforced below paho, at net.Conn.Write, by the fence.
//
// # The fence
//
// Bytes go from paho through the fence into TLS (if any) and the socket. The
// fence takes each write for one whole packet, which is how paho writes, and lets
// through:
//
//	CONNECT     once, first, version 4, clean session, no will, with our client id
//	SUBSCRIBE   once, right after it, for exactly the topics of Options.Listen, QoS 0
//	PUBLISH     byte for byte the delivery that is armed, once
//	PINGREQ     two fixed bytes
//	DISCONNECT  two fixed bytes
//
// Anything else is refused and closes the fence for good; so does a lease that has
// run out, and so does a recipient that sends anything but CONNACK and PINGRESP.
// Close is synchronous: when it returns, no byte can start, and what the kernel still
// held is discarded. Bytes that reached the peer before cannot be called back.
// Results are told by the fence, not by paho's tokens: see Client.Publish.
//
// # What is heard
//
// Nothing, unless Options.Listen names topics. Then the recipient may send one SUBACK
// and, on those topics, messages of at most 4 KiB with quality of service 0, five at
// once and one in a second; anything else ends the window (inbound.go). What is heard
// is handed on with the retain flag it came with and is not understood here.
//
// # What moves while nothing is sent
//
// A PINGREQ and its answer, once in Options.KeepAlive, at a rhythm that depends
// on nothing in the house. It shows only what the open connection shows already,
// and finds a recipient that is gone. Nothing else: TCP keepalive is off. Host
// names are looked up once, within the window.
//
// # Listening
//
// A Listener has nothing of this. It is for the broker on this device to which a voice
// stack talks, which is no recipient and must be at a literal address of the loopback:
// it subscribes, hands on what it hears in order and within bounds (64 KiB a packet, 64
// messages that wait), and can say something in the room. It knows no release and no
// window; a lost link is its user's to notice and to open anew.
//
// Paho's loggers stay silent, as its messages would hold topics.
package mqtt
