// Open MPI (Debian and Ubuntu: libopenmpi-dev), as a module.
//
// Only MessagePassing calls it, and only if the package is built with the trait MPI. The functions
// stand for MPI's macros, which Swift cannot import, and wait without using up a core: a member
// that waits for others looks often at first, and then sleeps between two looks.
#ifndef SIREN_OPEN_MPI_SHIM_H
#define SIREN_OPEN_MPI_SHIM_H

#include <mpi.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <time.h>
#if defined(__linux__)
#include <sys/prctl.h>
#endif

// Looks before the first sleep: a message within a machine takes a few of them.
#define SIREN_MPI_LOOKS 400
// Nanoseconds between two looks afterwards.
#define SIREN_MPI_PAUSE 40000

// Joins the job; 0 if several threads may send messages, -1 if the library allows only one.
static inline int siren_mpi_join(int *rank, int *count) {
  int provided = 0;
  if (MPI_Init_thread(NULL, NULL, MPI_THREAD_MULTIPLE, &provided) != MPI_SUCCESS) return -2;
  MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
  MPI_Comm_rank(MPI_COMM_WORLD, rank);
  MPI_Comm_size(MPI_COMM_WORLD, count);
  return provided == MPI_THREAD_MULTIPLE ? 0 : -1;
}

static inline void siren_mpi_leave(void) { MPI_Finalize(); }

static inline int siren_mpi_wait(MPI_Request *request) {
  for (int looks = 0;; looks++) {
    int done = 0;
    int error = MPI_Test(request, &done, MPI_STATUS_IGNORE);
    if (error != MPI_SUCCESS || done) return error;
    if (looks < SIREN_MPI_LOOKS) {
      sched_yield();
    } else {
      struct timespec pause = {0, SIREN_MPI_PAUSE};
      nanosleep(&pause, NULL);
    }
  }
}

// Sends bytes; returns MPI_SUCCESS (0) or the library's error.
static inline int siren_mpi_send(const void *bytes, int length, int rank, int tag) {
  MPI_Request request;
  int error = MPI_Isend(bytes, length, MPI_BYTE, rank, tag, MPI_COMM_WORLD, &request);
  return error != MPI_SUCCESS ? error : siren_mpi_wait(&request);
}

// Receives exactly `length` bytes.
static inline int siren_mpi_receive(void *bytes, int length, int rank, int tag) {
  MPI_Request request;
  int error = MPI_Irecv(bytes, length, MPI_BYTE, rank, tag, MPI_COMM_WORLD, &request);
  return error != MPI_SUCCESS ? error : siren_mpi_wait(&request);
}

// The member from which a message with this tag can be received now; -1 if there is none.
static inline int siren_mpi_sender(int tag) {
  int found = 0;
  MPI_Status status;
  if (MPI_Iprobe(MPI_ANY_SOURCE, tag, MPI_COMM_WORLD, &found, &status) != MPI_SUCCESS) return -1;
  return found ? status.MPI_SOURCE : -1;
}

// Adds the values of all members, in the order that the library chooses.
static inline int siren_mpi_add(float *values, int count) {
  MPI_Request request;
  int error = MPI_Iallreduce(
    MPI_IN_PLACE, values, count, MPI_FLOAT, MPI_SUM, MPI_COMM_WORLD, &request);
  return error != MPI_SUCCESS ? error : siren_mpi_wait(&request);
}

// The library's text for an error; `text` has room for MPI_MAX_ERROR_STRING bytes.
static inline void siren_mpi_describe(int error, char *text) {
  int length = 0;
  if (MPI_Error_string(error, text, &length) != MPI_SUCCESS) length = 0;
  text[length] = 0;
}

static inline int siren_mpi_description_length(void) { return MPI_MAX_ERROR_STRING + 1; }

// Ends this process as soon as its parent has ended.
static inline void siren_end_with_parent(void) {
#if defined(__linux__)
  prctl(PR_SET_PDEATHSIG, SIGKILL);
#endif
}

#endif
