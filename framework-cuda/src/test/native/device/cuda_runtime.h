// NVRTC needs no header for threadIdx and the rest; whoever includes this one all the same gets nothing more.
#pragma once
