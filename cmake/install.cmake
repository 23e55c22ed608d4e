# Install rules: headers, both libraries, the command and its man page, find_package, pkg-config.
include(CMakePackageConfigHelpers)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/kmeans)

install(
    DIRECTORY include/kmeans
    DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
    FILES_MATCHING
    PATTERN "*.h")
install(
    TARGETS kmeans_static
    EXPORT kmeansStatic
    ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(
    TARGETS kmeans_shared
    EXPORT kmeansShared
    LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
if(TARGET kmeans_command)
    install(TARGETS kmeans_command RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
    install(
        FILES src/cli/kmeans.1
        DESTINATION ${CMAKE_INSTALL_MANDIR}/man1
        OPTIONAL)
endif()
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})

foreach(kind Static Shared)
    install(
        EXPORT kmeans${kind}
        NAMESPACE kmeans::
        DESTINATION ${package_dir})
endforeach()
configure_package_config_file(cmake/kmeansConfig.cmake.in kmeansConfig.cmake
                              INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(kmeansConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/kmeansConfig.cmake
              ${PROJECT_BINARY_DIR}/kmeansConfigVersion.cmake DESTINATION ${package_dir})

# A static link needs what the shared library brings along by itself. libgomp and libomp are
# named as the compiler that built the archive names them.
set(KMEANS_PC_LIBS_PRIVATE "-lm")
if(CMAKE_THREAD_LIBS_INIT) # empty where libc has them
    string(APPEND KMEANS_PC_LIBS_PRIVATE " ${CMAKE_THREAD_LIBS_INIT}")
endif()
if(KMEANS_OPENMP)
    foreach(library ${OpenMP_C_LIB_NAMES})
        get_filename_component(folder "${OpenMP_${library}_LIBRARY}" DIRECTORY)
        if(NOT folder IN_LIST CMAKE_C_IMPLICIT_LINK_DIRECTORIES)
            string(APPEND KMEANS_PC_LIBS_PRIVATE " -L${folder}")
        endif()
        string(APPEND KMEANS_PC_LIBS_PRIVATE " -l${library}")
    endforeach()
endif()
if(KMEANS_HAVE_ZLIB)
    string(APPEND KMEANS_PC_LIBS_PRIVATE " -lz")
endif()
if(KMEANS_HAVE_HDF5)
    foreach(library ${CMAKE_DL_LIBS})
        string(APPEND KMEANS_PC_LIBS_PRIVATE " -l${library}")
    endforeach()
endif()
# The prefix follows the file, so that an installed tree can be moved.
set(pc_dir ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig)
foreach(what PREFIX LIBDIR INCLUDEDIR)
    set(folder ${CMAKE_INSTALL_PREFIX})
    if(NOT what STREQUAL "PREFIX")
        set(folder ${CMAKE_INSTALL_FULL_${what}})
    endif()
    file(RELATIVE_PATH folder ${pc_dir} ${folder})
    string(REGEX REPLACE "/$" "" KMEANS_PC_${what} ${folder})
endforeach()
configure_file(cmake/kmeans.pc.in kmeans.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/kmeans.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
