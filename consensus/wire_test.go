package consensus_test

import (
	"bytes"
	"reflect"
	"testing"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/descriptorpb"
	"google.golang.org/protobuf/types/dynamicpb"
	"pgregory.net/rapid"

	"github.com/gossip-price/gossip-price/consensus"
)

// reportDescriptor is the message Report as a .proto file would have it.
func reportDescriptor(t *testing.T) protoreflect.MessageDescriptor {
	t.Helper()
	field := func(name string, number int32, kind descriptorpb.FieldDescriptorProto_Type) *descriptorpb.FieldDescriptorProto {
		return &descriptorpb.FieldDescriptorProto{
			Name: &name, Number: &number, Type: &kind,
			Label: descriptorpb.FieldDescriptorProto_LABEL_OPTIONAL.Enum(),
		}
	}
	const (
		text   = descriptorpb.FieldDescriptorProto_TYPE_STRING
		octets = descriptorpb.FieldDescriptorProto_TYPE_BYTES
		number = descriptorpb.FieldDescriptorProto_TYPE_UINT64
	)
	attestations := field("attestations", 7, descriptorpb.FieldDescriptorProto_TYPE_MESSAGE)
	attestations.Label = descriptorpb.FieldDescriptorProto_LABEL_REPEATED.Enum()
	attestations.TypeName = proto.String(".Attestation")
	file, err := protodesc.NewFile(&descriptorpb.FileDescriptorProto{
		Name: proto.String("report.proto"), Syntax: proto.String("proto3"),
		MessageType: []*descriptorpb.DescriptorProto{{
			Name: proto.String("Report"),
			Field: []*descriptorpb.FieldDescriptorProto{
				field("network", 1, text), field("pair", 2, text), field("price", 3, octets), field("round", 4, number),
				field("observed_at", 5, number), field("proposer", 6, octets), attestations,
			},
		}, {
			Name:  proto.String("Attestation"),
			Field: []*descriptorpb.FieldDescriptorProto{field("signer", 1, octets), field("signature", 2, octets)},
		}},
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return file.Messages().ByName("Report")
}

// dynamic fills a protobuf message with a report.
func dynamic(d protoreflect.MessageDescriptor, r consensus.Report) *dynamicpb.Message {
	m, o := dynamicpb.NewMessage(d), r.Observation
	for number, value := range map[protoreflect.FieldNumber]protoreflect.Value{
		1: protoreflect.ValueOfString(r.Network),
		2: protoreflect.ValueOfString(string(o.Pair)),
		3: protoreflect.ValueOfBytes(o.Price.Bytes()),
		4: protoreflect.ValueOfUint64(uint64(o.Round)),
		5: protoreflect.ValueOfUint64(uint64(o.ObservedAt)),
		6: protoreflect.ValueOfBytes(o.Proposer[:]),
	} {
		m.Set(d.Fields().ByNumber(number), value)
	}
	list := m.Mutable(d.Fields().ByNumber(7)).List()
	for _, a := range r.Attestations {
		item := list.AppendMutable().Message()
		item.Set(item.Descriptor().Fields().ByNumber(1), protoreflect.ValueOfBytes(a.Signer[:]))
		item.Set(item.Descriptor().Fields().ByNumber(2), protoreflect.ValueOfBytes(a.Signature[:]))
	}
	return m
}

// TestWireIsProtobuf reads our encoding with the protobuf library, and the library's with ours.
func TestWireIsProtobuf(t *testing.T) {
	t.Parallel()
	d := reportDescriptor(t)
	rapid.Check(t, func(t *rapid.T) {
		r := reports().Draw(t, "report")
		theirs, ours := dynamic(d, r), dynamicpb.NewMessage(d)
		if err := proto.Unmarshal(r.Encode(), ours); err != nil || !proto.Equal(ours, theirs) {
			t.Fatalf("the library reads %v, %v; want %v", ours, err, theirs)
		}
		b, err := proto.MarshalOptions{Deterministic: true}.Marshal(theirs)
		if err != nil || !bytes.Equal(b, r.Encode()) {
			t.Fatalf("the library writes %x, %v; want %x", b, err, r.Encode())
		}
		if back, err := consensus.DecodeReport(b); err != nil || !reflect.DeepEqual(back, r) {
			t.Fatalf("DecodeReport = %+v, %v; want %+v", back, err, r)
		}
	})
}

func TestEncodeIsStable(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		b := reports().Draw(t, "report").Encode()
		r, err := consensus.DecodeReport(b)
		if err != nil || !bytes.Equal(r.Encode(), b) {
			t.Fatalf("%x read and written again = %x, %v", b, r.Encode(), err)
		}
	})
}

func BenchmarkEncode(b *testing.B) {
	w := newWorld(b, 4)
	r := w.report(w.observation(0), 0, 1, 2)
	b.ReportAllocs()
	for b.Loop() {
		r.Encode()
	}
}

func BenchmarkDecode(b *testing.B) {
	w := newWorld(b, 4)
	data := w.report(w.observation(0), 0, 1, 2).Encode()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := consensus.DecodeReport(data); err != nil {
			b.Fatal(err)
		}
	}
}

// TestEncodeAgain sends the same report by other bytes.
func TestEncodeAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 4)
	r := w.report(w.observation(0), 0, 1)
	first, second := r.EncodeAgain(1), r.EncodeAgain(1<<63)
	if bytes.Equal(first, r.Encode()) || bytes.Equal(first, second) {
		t.Error("gossip would take it for sent")
	}
	for _, b := range [][]byte{first, second} {
		if got, err := consensus.DecodeReport(b); err != nil || !reflect.DeepEqual(got, r) {
			t.Errorf("read %+v, %v, want %+v", got, err, r)
		}
	}
}
