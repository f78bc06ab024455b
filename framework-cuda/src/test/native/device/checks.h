// What a checked module has besides: see checks.cpp.
#pragma once

#ifdef EMU_CHECKED
extern "C" __attribute__((visibility("hidden"))) void emu_set_checks(const EmuRuntime* to);
#endif
