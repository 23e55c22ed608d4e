/* Floor 1: the functions of libhdf5 that hdf5.c calls, found when a file asks for them. */
#ifndef KM_HDF5_LIBRARY_H
#define KM_HDF5_LIBRARY_H

#include <hdf5.h>

#include "file.h"

/* Named as in libhdf5, without H5. */
typedef struct km_h5 {
    herr_t (*get_libversion)(unsigned *major, unsigned *minor, unsigned *release);
    herr_t (*open)(void);
    herr_t (*Eget_auto2)(hid_t stack, H5E_auto2_t *fn, void **data);
    herr_t (*Eset_auto2)(hid_t stack, H5E_auto2_t fn, void *data);
    hid_t (*Fopen)(const char *name, unsigned flags, hid_t access);
    herr_t (*Fclose)(hid_t file);
    herr_t (*Gget_info)(hid_t group, H5G_info_t *info);
    ssize_t (*Lget_name_by_idx)(hid_t file, const char *group, H5_index_t by, H5_iter_order_t order,
                                hsize_t n, char *name, size_t size, hid_t access);
    hid_t (*Dopen2)(hid_t file, const char *name, hid_t access);
    herr_t (*Dclose)(hid_t dataset);
    hid_t (*Dget_space)(hid_t dataset);
    hid_t (*Dget_type)(hid_t dataset);
    haddr_t (*Dget_offset)(hid_t dataset);
    hsize_t (*Dget_storage_size)(hid_t dataset);
    herr_t (*Dread)(hid_t dataset, hid_t type, hid_t memory, hid_t space, hid_t plist, void *out);
    int (*Sget_simple_extent_ndims)(hid_t space);
    int (*Sget_simple_extent_dims)(hid_t space, hsize_t *dims, hsize_t *most);
    herr_t (*Sclose)(hid_t space);
    hid_t (*Tcopy)(hid_t type);
    H5T_class_t (*Tget_class)(hid_t type);
    size_t (*Tget_size)(hid_t type);
    size_t (*Tget_precision)(hid_t type);
    H5T_sign_t (*Tget_sign)(hid_t type);
    H5T_order_t (*Tget_order)(hid_t type);
    size_t (*Tget_ebias)(hid_t type);
    herr_t (*Tset_order)(hid_t type, H5T_order_t order);
    herr_t (*Tclose)(hid_t type);
} km_h5;

/* Load libhdf5, once for the process. Errors: KMEANS_ERROR_FORMAT saying what is missing. */
int km_h5_load(const km_file *file, km_h5 *h5);

#endif
