# find_package(brownout): brownout::port, brownout_add_core(), and BROWNOUT_PROGRAM.
include(${CMAKE_CURRENT_LIST_DIR}/brownout_targets.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/brownout_add_core.cmake)
find_program(BROWNOUT_PROGRAM brownout
  HINTS ${CMAKE_CURRENT_LIST_DIR}/../../../bin ${CMAKE_CURRENT_LIST_DIR}/../../../../bin)
