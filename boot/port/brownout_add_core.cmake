# brownout_add_core(NAME SOURCES files... [INCLUDE_DIRECTORIES folders...] [DEFINITIONS words...]
#                   [LIBRARIES targets...])
#
# A bootloader core for `brownout --core`: NAME.so from C sources that define port_core (see
# brownout_port.h). LIBRARIES are linked in, a crypto library for example; the core may import mem*
# functions alone.
function(brownout_add_core name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" ""
    "SOURCES;INCLUDE_DIRECTORIES;DEFINITIONS;LIBRARIES")
  if(NOT arg_SOURCES)
    message(FATAL_ERROR "brownout_add_core(${name}): SOURCES are missing")
  endif()
  if(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "brownout_add_core(${name}): what is ${arg_UNPARSED_ARGUMENTS}?")
  endif()
  add_library(${name} MODULE ${arg_SOURCES})
  target_include_directories(${name} PRIVATE ${arg_INCLUDE_DIRECTORIES})
  target_compile_definitions(${name} PRIVATE ${arg_DEFINITIONS})
  target_link_libraries(${name} PRIVATE ${arg_LIBRARIES} brownout::port)
  # Bind to nothing outside: what stays unresolved is named when the core is loaded.
  target_link_options(${name} PRIVATE -Wl,-u,boot_firmware_query -Wl,-z,relro -Wl,-z,now
                                      -Wl,-Bsymbolic -Wl,--build-id)
  set_target_properties(${name} PROPERTIES
    PREFIX "" SUFFIX ".so" C_VISIBILITY_PRESET hidden CXX_VISIBILITY_PRESET hidden
    POSITION_INDEPENDENT_CODE ON)
endfunction()
