// The system's cairo (Debian and Ubuntu: libcairo2-dev; Homebrew: cairo), as a module.
//
// Only Reporting/CairoCanvas.swift calls it. Cairo reports errors as a status of its objects and
// never jumps, so Swift may call it directly.
#include <cairo.h>
