# emulated_stubs(<out-var> <library> <header> <call>): writes a source file with one weak function for each name in
# symbols/<library>.txt, that says loudly that it is not there: it returns <call>, where `function` is its name. What
# the library implements is a strong function of the same name, which the linker prefers.
function(emulated_stubs out library header call)
  set(list "${CMAKE_CURRENT_FUNCTION_LIST_DIR}/../symbols/${library}.txt")
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${list}")
  file(STRINGS "${list}" names)
  set(text "#include \"${header}\"\n\nnamespace {\nint missing(const char* function) { return ${call}; }\n}  // namespace\n\n")
  string(APPEND text "#define STUB(name) \\\n")
  string(APPEND text "  extern \"C\" __attribute__((weak, visibility(\"default\"))) int name(void) { return missing(#name); }\n\n")
  foreach(name IN LISTS names)
    string(APPEND text "STUB(${name})\n")
  endforeach()
  set(file "${CMAKE_CURRENT_BINARY_DIR}/${library}_stubs.cpp")
  file(CONFIGURE OUTPUT "${file}" CONTENT "${text}" @ONLY)
  set(${out} "${file}" PARENT_SCOPE)
endfunction()

# emulated_library(<target> <soname> <prefix> <sources>...): a shared library named as NVIDIA's is. With a prefix, its symbols
# have the soname as their version, and only those that begin with the prefix are exported; libcuda's have no version.
function(emulated_library target soname prefix)
  add_library(${target} SHARED ${ARGN})
  target_include_directories(${target} PRIVATE "${CMAKE_CURRENT_FUNCTION_LIST_DIR}/..")
  target_link_options(${target} PRIVATE "LINKER:-soname,${soname}" "LINKER:--no-undefined")
  set_target_properties(${target} PROPERTIES NO_SONAME ON PREFIX "" OUTPUT_NAME "${soname}" SUFFIX "")
  if(prefix)
    set(map "${CMAKE_CURRENT_BINARY_DIR}/${target}.map")
    file(CONFIGURE OUTPUT "${map}" CONTENT "${soname} {\n  global: ${prefix}*;\n  local: *;\n};\n" @ONLY)
    target_link_options(${target} PRIVATE "LINKER:--version-script=${map}")
    set_target_properties(${target} PROPERTIES LINK_DEPENDS "${map}")
  endif()
endfunction()
