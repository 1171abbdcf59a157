/*
 * Stands in for NVIDIA's CUDA 13 libraries on a machine without a card, so that the CUDA provider can be loaded and can
 * say which operations of a model it takes. Memory is the host's, copies are copies, and kernels do nothing: a session
 * can be made, its placement read; results mean nothing. Functions and their signatures: CUDA Runtime API 13 and cuBLAS.
 * A function that is only ever asked whether it succeeded says so by returning 0.
 */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

typedef int Status;
typedef void *Handle;

static char handle[4096];

static Status give(Handle *out) {
  *out = handle;
  return 0;
}

static Status allocate(Handle *out, size_t bytes) {
  size_t rounded = (bytes / 512 + 1) * 512;
  *out = aligned_alloc(512, rounded);
  if (*out == NULL) return 2;
  memset(*out, 0, rounded);
  return 0;
}

/* A card of compute capability 9.0; offsets are those of CUDA 13's cudaDeviceProp. */
Status cudaGetDeviceProperties(char *card, int device) {
  memset(card, 0, 900);
  strcpy(card, "stand-in");
  *(size_t *)(card + 288) = (size_t)64 << 30; /* totalGlobalMem */
  *(size_t *)(card + 296) = 49152;            /* sharedMemPerBlock */
  *(int *)(card + 304) = 65536;               /* regsPerBlock */
  *(int *)(card + 308) = 32;                  /* warpSize */
  *(size_t *)(card + 312) = 1u << 31;         /* memPitch */
  *(int *)(card + 320) = 1024;                /* maxThreadsPerBlock */
  int sides[6] = {1024, 1024, 64, 2147483647, 65535, 65535};
  memcpy(card + 324, sides, sizeof sides);    /* maxThreadsDim, maxGridSize */
  *(size_t *)(card + 352) = 65536;            /* totalConstMem */
  *(int *)(card + 360) = 9;                   /* major */
  *(size_t *)(card + 368) = 512;              /* textureAlignment */
  *(size_t *)(card + 376) = 32;               /* texturePitchAlignment */
  *(int *)(card + 384) = 132;                 /* multiProcessorCount */
  return 0;
}

/* 75 and 76 are the compute capability, 16 is the number of multiprocessors. */
Status cudaDeviceGetAttribute(int *value, int attribute, int device) {
  *value = attribute == 75 ? 9 : attribute == 76 ? 0 : attribute == 16 ? 132 : 1024;
  return 0;
}

Status cudaGetDeviceCount(int *count) { return *count = 1, 0; }
Status cudaGetDevice(int *device) { return *device = 0, 0; }
Status cudaDriverGetVersion(int *version) { return *version = 13000, 0; }
Status cudaRuntimeGetVersion(int *version) { return *version = 13000, 0; }
Status cudaMemGetInfo(size_t *free_bytes, size_t *all) { return *all = (size_t)64 << 30, *free_bytes = *all - (4u << 30), 0; }

Status cudaMalloc(Handle *out, size_t bytes) { return allocate(out, bytes); }
Status cudaMallocHost(Handle *out, size_t bytes) { return allocate(out, bytes); }
Status cudaHostAlloc(Handle *out, size_t bytes, unsigned flags) { return allocate(out, bytes); }
Status cudaMallocFromPoolAsync(Handle *out, size_t bytes, Handle pool, Handle stream) { return allocate(out, bytes); }
Status cudaFree(Handle memory) { return free(memory), 0; }
Status cudaFreeHost(Handle memory) { return free(memory), 0; }
Status cudaFreeAsync(Handle memory, Handle stream) { return free(memory), 0; }

Status cudaMemcpy(Handle to, const void *from, size_t bytes, int kind) { return memcpy(to, from, bytes), 0; }
Status cudaMemcpyAsync(Handle to, const void *from, size_t bytes, int kind, Handle stream) { return memcpy(to, from, bytes), 0; }
Status cudaMemset(Handle memory, int value, size_t bytes) { return memset(memory, value, bytes), 0; }
Status cudaMemsetAsync(Handle memory, int value, size_t bytes, Handle stream) { return memset(memory, value, bytes), 0; }
Status cudaMemcpy2DAsync(char *to, size_t to_pitch, const char *from, size_t from_pitch, size_t width, size_t height, int kind, Handle stream) {
  for (size_t row = 0; row < height; row++) memcpy(to + row * to_pitch, from + row * from_pitch, width);
  return 0;
}

Status cudaStreamCreate(Handle *out) { return give(out); }
Status cudaStreamCreateWithFlags(Handle *out, unsigned flags) { return give(out); }
Status cudaStreamIsCapturing(Handle stream, int *state) { return *state = 0, 0; }
Status cudaEventCreate(Handle *out) { return give(out); }
Status cudaEventCreateWithFlags(Handle *out, unsigned flags) { return give(out); }
Status cudaEventElapsedTime(float *ms, Handle from, Handle to) { return *ms = 0, 0; }
Status cudaMemPoolCreate(Handle *out) { return give(out); }
Status cudaMemPoolGetAttribute(Handle pool, int attribute, size_t *value) { return *value = 0, 0; }
Status cudaLibraryLoadData(Handle *out) { return give(out); }
Status cudaLibraryGetKernel(Handle *out) { return give(out); }
Status cudaFuncGetAttributes(Handle attributes, const void *function) { return memset(attributes, 0, 64), 0; }
Status cudaGetDriverEntryPointByVersion(const char *name, Handle *out) { return *out = NULL, 1; }
Status cudaOccupancyMaxActiveBlocksPerMultiprocessorWithFlags(int *blocks) { return *blocks = 8, 0; }
const char *cudaGetErrorName(int code) { return "stand-in"; }
const char *cudaGetErrorString(int code) { return "stand-in"; }

Handle *__cudaRegisterFatBinary(Handle binary) { return (Handle *)handle; }
Status __cudaGetKernel(Handle *out) { return give(out); }
Status __cudaPopCallConfiguration(int *grid, int *block, size_t *shared, Handle *stream) {
  for (int axis = 0; axis < 3; axis++) grid[axis] = block[axis] = 1;
  return *shared = 0, *stream = NULL, 0;
}

Status cublasCreate_v2(Handle *out) { return give(out); }
Status cublasGetMathMode(Handle cublas, int *mode) { return *mode = 0, 0; }
const char *cublasGetStatusName(int code) { return "stand-in"; }
const char *cublasGetStatusString(int code) { return "stand-in"; }
Status cublasLtCreate(Handle *out) { return give(out); }
Status cublasLtMatmulDescCreate(Handle *out) { return give(out); }
Status cublasLtMatmulPreferenceCreate(Handle *out) { return give(out); }
Status cublasLtMatrixLayoutCreate(Handle *out) { return give(out); }
Status cublasLtMatrixTransformDescCreate(Handle *out) { return give(out); }

Status cublasLtMatmulAlgoGetHeuristic(Handle lt, Handle op, Handle a, Handle b, Handle c, Handle d, Handle preference, int wanted,
                                      Handle results, int *found) {
  return *found = 0, 0;
}

#define SUCCEEDS(name) \
  Status name(void) { return 0; }
SUCCEEDS(__cudaLaunchKernel) SUCCEEDS(__cudaPushCallConfiguration) SUCCEEDS(__cudaRegisterFatBinaryEnd) 
SUCCEEDS(__cudaRegisterFunction) SUCCEEDS(__cudaRegisterVar) SUCCEEDS(__cudaUnregisterFatBinary) 
SUCCEEDS(cublasDcopy_v2) SUCCEEDS(cublasDestroy_v2) SUCCEEDS(cublasDgeam) SUCCEEDS(cublasDgemmBatched) 
SUCCEEDS(cublasDgemmStridedBatched) SUCCEEDS(cublasDgemm_v2) SUCCEEDS(cublasDgetrfBatched) 
SUCCEEDS(cublasDgetriBatched) SUCCEEDS(cublasGemmBatchedEx) SUCCEEDS(cublasGemmEx) 
SUCCEEDS(cublasGemmStridedBatchedEx) SUCCEEDS(cublasLtDestroy) SUCCEEDS(cublasLtMatmul) 
SUCCEEDS(cublasLtMatmulAlgoConfigSetAttribute) SUCCEEDS(cublasLtMatmulAlgoInit) SUCCEEDS(cublasLtMatmulDescDestroy) 
SUCCEEDS(cublasLtMatmulDescSetAttribute) SUCCEEDS(cublasLtMatmulPreferenceDestroy) 
SUCCEEDS(cublasLtMatmulPreferenceSetAttribute) SUCCEEDS(cublasLtMatrixLayoutDestroy) 
SUCCEEDS(cublasLtMatrixLayoutSetAttribute) SUCCEEDS(cublasLtMatrixTransform) 
SUCCEEDS(cublasLtMatrixTransformDescDestroy) SUCCEEDS(cublasScopy_v2) SUCCEEDS(cublasSetMathMode) 
SUCCEEDS(cublasSetStream_v2) SUCCEEDS(cublasSgeam) SUCCEEDS(cublasSgemmBatched) SUCCEEDS(cublasSgemmStridedBatched) 
SUCCEEDS(cublasSgemm_v2) SUCCEEDS(cublasSgetrfBatched) SUCCEEDS(cublasSgetriBatched) SUCCEEDS(cublasSscal_v2) 
SUCCEEDS(cudaDeviceSynchronize) SUCCEEDS(cudaEventDestroy) SUCCEEDS(cudaEventRecord) SUCCEEDS(cudaEventSynchronize) 
SUCCEEDS(cudaFuncSetAttribute) SUCCEEDS(cudaGetLastError) SUCCEEDS(cudaGraphDestroy) SUCCEEDS(cudaGraphExecDestroy) 
SUCCEEDS(cudaGraphInstantiate) SUCCEEDS(cudaGraphLaunch) SUCCEEDS(cudaKernelSetAttributeForDevice) 
SUCCEEDS(cudaLaunchHostFunc) SUCCEEDS(cudaLaunchKernel) SUCCEEDS(cudaLaunchKernelExC) SUCCEEDS(cudaLibraryUnload) 
SUCCEEDS(cudaMemPoolDestroy) SUCCEEDS(cudaMemPoolSetAttribute) SUCCEEDS(cudaMemPoolTrimTo) 
SUCCEEDS(cudaMemcpyFromSymbol) SUCCEEDS(cudaPeekAtLastError) SUCCEEDS(cudaSetDevice) 
SUCCEEDS(cudaStreamBeginCapture) SUCCEEDS(cudaStreamDestroy) SUCCEEDS(cudaStreamEndCapture) 
SUCCEEDS(cudaStreamSynchronize) SUCCEEDS(cudaStreamWaitEvent)
