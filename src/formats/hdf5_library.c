/* libhdf5 is loaded when the first HDF5 file is opened, not with the program: with all that it
 * needs itself it takes longer to load than many a fit to run. */
#ifdef KMEANS_HAVE_HDF5

#include "hdf5_library.h"

#include <dlfcn.h>
#include <stddef.h>
#include <string.h>

static const struct {
    const char *name;
    size_t place; /* of the pointer in km_h5 */
} functions[] = {
    {"H5get_libversion", offsetof(km_h5, get_libversion)},
    {"H5open", offsetof(km_h5, open)},
    {"H5Eget_auto2", offsetof(km_h5, Eget_auto2)},
    {"H5Eset_auto2", offsetof(km_h5, Eset_auto2)},
    {"H5Fopen", offsetof(km_h5, Fopen)},
    {"H5Fclose", offsetof(km_h5, Fclose)},
    {"H5Gget_info", offsetof(km_h5, Gget_info)},
    {"H5Lget_name_by_idx", offsetof(km_h5, Lget_name_by_idx)},
    {"H5Dopen2", offsetof(km_h5, Dopen2)},
    {"H5Dclose", offsetof(km_h5, Dclose)},
    {"H5Dget_space", offsetof(km_h5, Dget_space)},
    {"H5Dget_type", offsetof(km_h5, Dget_type)},
    {"H5Dget_offset", offsetof(km_h5, Dget_offset)},
    {"H5Dget_storage_size", offsetof(km_h5, Dget_storage_size)},
    {"H5Dread", offsetof(km_h5, Dread)},
    {"H5Sget_simple_extent_ndims", offsetof(km_h5, Sget_simple_extent_ndims)},
    {"H5Sget_simple_extent_dims", offsetof(km_h5, Sget_simple_extent_dims)},
    {"H5Sclose", offsetof(km_h5, Sclose)},
    {"H5Tcopy", offsetof(km_h5, Tcopy)},
    {"H5Tget_class", offsetof(km_h5, Tget_class)},
    {"H5Tget_size", offsetof(km_h5, Tget_size)},
    {"H5Tget_precision", offsetof(km_h5, Tget_precision)},
    {"H5Tget_sign", offsetof(km_h5, Tget_sign)},
    {"H5Tget_order", offsetof(km_h5, Tget_order)},
    {"H5Tget_ebias", offsetof(km_h5, Tget_ebias)},
    {"H5Tset_order", offsetof(km_h5, Tset_order)},
    {"H5Tclose", offsetof(km_h5, Tclose)},
};

int km_h5_load(const km_file *file, km_h5 *h5)
{
    unsigned version[3] = {0, 0, 0};
    void *const library = dlopen(KMEANS_HDF5_SONAME, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    if (library == NULL) {
        return km_file_malformed(file, "is an HDF5 file, and " KMEANS_HDF5_SONAME
                                       " cannot be loaded: install it, or convert "
                                       "the file to .npy or csv");
    }
    for (size_t f = 0; f < sizeof functions / sizeof functions[0]; f++) {
        void *const function = dlsym(library, functions[f].name);
        memcpy((char *)h5 + functions[f].place, &function, sizeof function);
        if (function == NULL) {
            dlclose(library);
            return km_file_malformed(file, "is an HDF5 file, and " KMEANS_HDF5_SONAME " has no %s",
                                     functions[f].name);
        }
    }
    dlclose(library); /* it stays: RTLD_NODELETE */
    h5->get_libversion(&version[0], &version[1], &version[2]);
    if (version[0] != H5_VERS_MAJOR || version[1] != H5_VERS_MINOR) {
        return km_file_malformed(file,
                                 "is an HDF5 file, and libhdf5 here is %u.%u, not the %d.%d that "
                                 "this build is for",
                                 version[0], version[1], H5_VERS_MAJOR, H5_VERS_MINOR);
    }
    h5->open();
    return KMEANS_OK;
}

#else
typedef int km_h5_is_not_built;
#endif
