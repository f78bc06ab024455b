# emulated_stubs(<out-var> <library> <not-supported status>): writes a source file with one weak function for each name in
# symbols/<library>.txt, that reports 'not-supported' and returns the status. What the library implements is a strong
# function of the same name, which the linker prefers.
function(emulated_stubs out library status)
  set(list "${CMAKE_CURRENT_FUNCTION_LIST_DIR}/../symbols/${library}.txt")
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${list}")
  file(STRINGS "${list}" names)
  set(text "#include \"lib/call.h\"\n\nnamespace {\nint unsupported(const char* function) {\n")
  string(APPEND text "  return lib::withoutContext(function, [](lib::Call& call) {\n")
  string(APPEND text "    call.fail(${status}, \"not-supported\", \"the emulated ${library} does not have this function\");\n")
  string(APPEND text "  });\n}\n}  // namespace\n\n#define STUB(name) \\\n")
  string(APPEND text "  extern \"C\" __attribute__((weak, visibility(\"default\"))) int name(void) { return unsupported(#name); }\n\n")
  foreach(name IN LISTS names)
    string(APPEND text "STUB(${name})\n")
  endforeach()
  set(file "${CMAKE_CURRENT_BINARY_DIR}/${library}_stubs.cpp")
  file(CONFIGURE OUTPUT "${file}" CONTENT "${text}" @ONLY)
  set(${out} "${file}" PARENT_SCOPE)
endfunction()

# emulated_library(<target> <soname> <prefix of the exported names> <sources>...): a shared library as NVIDIA's is named,
# whose symbols have the soname as their version.
function(emulated_library target soname prefix)
  add_library(${target} SHARED ${ARGN})
  set(map "${CMAKE_CURRENT_BINARY_DIR}/${target}.map")
  file(CONFIGURE OUTPUT "${map}" CONTENT "${soname} {\n  global: ${prefix}*;\n  local: *;\n};\n" @ONLY)
  target_include_directories(${target} PRIVATE "${CMAKE_CURRENT_FUNCTION_LIST_DIR}/..")
  target_link_options(${target} PRIVATE "LINKER:-soname,${soname}" "LINKER:--version-script=${map}" "LINKER:--no-undefined")
  set_target_properties(${target} PROPERTIES NO_SONAME ON PREFIX "" OUTPUT_NAME "${soname}" SUFFIX "" LINK_DEPENDS "${map}")
endfunction()
