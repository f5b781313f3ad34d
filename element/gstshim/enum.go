package gstshim

// #include <glib-object.h>
// #include <stdlib.h>
//
// static GType vg_register_enum(const char *name, char **names, int n) {
//   GEnumValue *v = g_new0(GEnumValue, n + 1); // GLib keeps the table for good
//   for (int i = 0; i < n; i++) {
//     v[i].value = i;
//     v[i].value_name = v[i].value_nick = g_intern_string(names[i]);
//   }
//   return g_enum_register_static(g_intern_string(name), v);
// }
import "C"

import (
	"unsafe"

	"github.com/go-gst/go-glib/pkg/gobject/v2"
)

// EnumType is a registered enumeration; its values count from 0.
type EnumType struct{ gtype gobject.Type }

// RegisterEnum registers an enumeration with GLib, which keeps it until the process ends. A name may be registered once.
func RegisterEnum(name string, nicks []string) EnumType {
	cName := C.CString(name)
	defer C.free(unsafe.Pointer(cName))
	cNicks := make([]*C.char, len(nicks))
	for i, n := range nicks {
		cNicks[i] = C.CString(n)
		defer C.free(unsafe.Pointer(cNicks[i]))
	}
	return EnumType{gobject.Type(C.vg_register_enum(cName, &cNicks[0], C.int(len(cNicks))))}
}

// Type is the GType, for a property's specification.
func (t EnumType) Type() gobject.Type { return t.gtype }

// Value wraps a value for go-glib, which needs to know its GType.
func (t EnumType) Value(v int32) gobject.GoValueInitializer { return enumValue{t, v} }

type enumValue struct {
	enum  EnumType
	value int32
}

func (e enumValue) GoValueType() gobject.Type { return e.enum.gtype }

func (e enumValue) SetGoValue(v *gobject.Value) { v.SetEnum(e.value) }
