package io.cortado.cuda.emulated;

import static io.cortado.cuda.emulated.Cuda.download;
import static io.cortado.cuda.emulated.Cuda.ok;
import static io.cortado.cuda.emulated.Dnn.ONE;
import static io.cortado.cuda.emulated.Dnn.ZERO;
import static jcuda.jcudnn.JCudnn.cudnnActivationBackward;
import static jcuda.jcudnn.JCudnn.cudnnActivationForward;
import static jcuda.jcudnn.JCudnn.cudnnAddTensor;
import static jcuda.jcudnn.JCudnn.cudnnBatchNormalizationBackward;
import static jcuda.jcudnn.JCudnn.cudnnBatchNormalizationForwardInference;
import static jcuda.jcudnn.JCudnn.cudnnBatchNormalizationForwardTraining;
import static jcuda.jcudnn.JCudnn.cudnnCTCLoss;
import static jcuda.jcudnn.JCudnn.cudnnCTCLoss_v8;
import static jcuda.jcudnn.JCudnn.cudnnCreateActivationDescriptor;
import static jcuda.jcudnn.JCudnn.cudnnCreateCTCLossDescriptor;
import static jcuda.jcudnn.JCudnn.cudnnCreateDropoutDescriptor;
import static jcuda.jcudnn.JCudnn.cudnnCreateLRNDescriptor;
import static jcuda.jcudnn.JCudnn.cudnnCreateOpTensorDescriptor;
import static jcuda.jcudnn.JCudnn.cudnnCreatePoolingDescriptor;
import static jcuda.jcudnn.JCudnn.cudnnCreateRNNDataDescriptor;
import static jcuda.jcudnn.JCudnn.cudnnCreateRNNDescriptor;
import static jcuda.jcudnn.JCudnn.cudnnCreateReduceTensorDescriptor;
import static jcuda.jcudnn.JCudnn.cudnnDeriveBNTensorDescriptor;
import static jcuda.jcudnn.JCudnn.cudnnDestroyActivationDescriptor;
import static jcuda.jcudnn.JCudnn.cudnnDestroyCTCLossDescriptor;
import static jcuda.jcudnn.JCudnn.cudnnDestroyDropoutDescriptor;
import static jcuda.jcudnn.JCudnn.cudnnDestroyLRNDescriptor;
import static jcuda.jcudnn.JCudnn.cudnnDestroyOpTensorDescriptor;
import static jcuda.jcudnn.JCudnn.cudnnDestroyPoolingDescriptor;
import static jcuda.jcudnn.JCudnn.cudnnDestroyRNNDataDescriptor;
import static jcuda.jcudnn.JCudnn.cudnnDestroyRNNDescriptor;
import static jcuda.jcudnn.JCudnn.cudnnDestroyReduceTensorDescriptor;
import static jcuda.jcudnn.JCudnn.cudnnDropoutBackward;
import static jcuda.jcudnn.JCudnn.cudnnDropoutForward;
import static jcuda.jcudnn.JCudnn.cudnnDropoutGetReserveSpaceSize;
import static jcuda.jcudnn.JCudnn.cudnnDropoutGetStatesSize;
import static jcuda.jcudnn.JCudnn.cudnnGetCTCLossWorkspaceSize_v8;
import static jcuda.jcudnn.JCudnn.cudnnGetRNNTempSpaceSizes;
import static jcuda.jcudnn.JCudnn.cudnnGetRNNWeightParams;
import static jcuda.jcudnn.JCudnn.cudnnGetRNNWeightSpaceSize;
import static jcuda.jcudnn.JCudnn.cudnnGetReductionWorkspaceSize;
import static jcuda.jcudnn.JCudnn.cudnnGetTensorNdDescriptor;
import static jcuda.jcudnn.JCudnn.cudnnLRNCrossChannelBackward;
import static jcuda.jcudnn.JCudnn.cudnnLRNCrossChannelForward;
import static jcuda.jcudnn.JCudnn.cudnnOpTensor;
import static jcuda.jcudnn.JCudnn.cudnnPoolingBackward;
import static jcuda.jcudnn.JCudnn.cudnnPoolingForward;
import static jcuda.jcudnn.JCudnn.cudnnRNNBackwardData_v8;
import static jcuda.jcudnn.JCudnn.cudnnRNNBackwardWeights_v8;
import static jcuda.jcudnn.JCudnn.cudnnRNNForward;
import static jcuda.jcudnn.JCudnn.cudnnReduceTensor;
import static jcuda.jcudnn.JCudnn.cudnnScaleTensor;
import static jcuda.jcudnn.JCudnn.cudnnSetActivationDescriptor;
import static jcuda.jcudnn.JCudnn.cudnnSetCTCLossDescriptor_v8;
import static jcuda.jcudnn.JCudnn.cudnnSetDropoutDescriptor;
import static jcuda.jcudnn.JCudnn.cudnnSetLRNDescriptor;
import static jcuda.jcudnn.JCudnn.cudnnSetOpTensorDescriptor;
import static jcuda.jcudnn.JCudnn.cudnnSetPooling2dDescriptor;
import static jcuda.jcudnn.JCudnn.cudnnSetRNNDataDescriptor;
import static jcuda.jcudnn.JCudnn.cudnnSetRNNDescriptor_v8;
import static jcuda.jcudnn.JCudnn.cudnnSetReduceTensorDescriptor;
import static jcuda.jcudnn.JCudnn.cudnnSetTensor;
import static jcuda.jcudnn.JCudnn.cudnnSetTensorNdDescriptor;
import static jcuda.jcudnn.JCudnn.cudnnSoftmaxBackward;
import static jcuda.jcudnn.JCudnn.cudnnSoftmaxForward;
import static jcuda.jcudnn.JCudnn.cudnnTransformTensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.stream.IntStream;
import jcuda.Pointer;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.JCudaDriver;
import jcuda.jcudnn.cudnnActivationDescriptor;
import jcuda.jcudnn.cudnnCTCLossDescriptor;
import jcuda.jcudnn.cudnnDropoutDescriptor;
import jcuda.jcudnn.cudnnLRNDescriptor;
import jcuda.jcudnn.cudnnOpTensorDescriptor;
import jcuda.jcudnn.cudnnPoolingDescriptor;
import jcuda.jcudnn.cudnnRNNDataDescriptor;
import jcuda.jcudnn.cudnnRNNDescriptor;
import jcuda.jcudnn.cudnnReduceTensorDescriptor;
import jcuda.jcudnn.cudnnTensorDescriptor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The emulated cuDNN's other layers through JCuda: that arguments arrive in their places. The
 * arithmetic itself is tested beside the libraries, in src/test/native/selftest.
 */
@OnEmulator
class EmulatedLayersTest {
  private Dnn dnn;

  @BeforeEach
  void start() {
    Cuda.start();
    dnn = new Dnn();
  }

  @AfterEach
  void nothingWasWrong() {
    dnn.close();
    Cuda.stop();
    assertThat(Emulator.errors()).isEmpty();
    assertThat(Emulator.counter("memory_in_use")).isZero();
    assertThat(Emulator.reportLeaks()).isZero();
  }

  @Test
  void pooling() {
    cudnnPoolingDescriptor d = new cudnnPoolingDescriptor();
    ok(cudnnCreatePoolingDescriptor(d));
    dnn.atClose(() -> ok(cudnnDestroyPoolingDescriptor(d)));
    cudnnTensorDescriptor xd = dnn.tensor(1, 1, 2, 4);
    cudnnTensorDescriptor yd = dnn.tensor(1, 1, 1, 2);
    CUdeviceptr x = dnn.upload(1, 5, 2, 3, 4, 0, 8, 7);
    CUdeviceptr y = dnn.room(8);
    CUdeviceptr dx = dnn.room(32);
    CUdeviceptr dy = dnn.upload(10, 20);
    ok(cudnnSetPooling2dDescriptor(d, 0, 0, 2, 2, 0, 0, 2, 2));
    ok(cudnnPoolingForward(dnn.handle, d, ONE, xd, x, ZERO, yd, y));
    assertThat(download(y, 2)).containsExactly(5, 8);
    ok(cudnnPoolingBackward(dnn.handle, d, ONE, yd, y, yd, dy, xd, x, ZERO, xd, dx));
    assertThat(download(dx, 8)).containsExactly(0, 10, 0, 0, 0, 0, 20, 0);
    ok(cudnnSetPooling2dDescriptor(d, 1, 0, 2, 2, 0, 0, 2, 2));
    ok(cudnnPoolingForward(dnn.handle, d, ONE, xd, x, ZERO, yd, y));
    assertThat(download(y, 2)).containsExactly(2.5f, 5);
    ok(cudnnPoolingBackward(dnn.handle, d, ONE, yd, y, yd, dy, xd, x, ONE, xd, dx));
    assertThat(download(dx, 8)).containsExactly(2.5f, 12.5f, 5, 5, 2.5f, 2.5f, 25, 5);
  }

  @Test
  void activationAndSoftmax() {
    cudnnActivationDescriptor d = new cudnnActivationDescriptor();
    ok(cudnnCreateActivationDescriptor(d));
    dnn.atClose(() -> ok(cudnnDestroyActivationDescriptor(d)));
    cudnnTensorDescriptor t = dnn.tensor(1, 2, 1, 1);
    CUdeviceptr x = dnn.upload(-1, 2);
    CUdeviceptr y = dnn.room(8);
    CUdeviceptr dx = dnn.room(8);
    CUdeviceptr dy = dnn.upload(10, 20);
    ok(cudnnSetActivationDescriptor(d, 3, 0, 1.5)); // clipped at 1.5
    ok(cudnnActivationForward(dnn.handle, d, ONE, t, x, ZERO, t, y));
    assertThat(download(y, 2)).containsExactly(0, 1.5f);
    ok(cudnnSetActivationDescriptor(d, 1, 0, 0));
    ok(cudnnActivationBackward(dnn.handle, d, ONE, t, y, t, dy, t, x, ZERO, t, dx));
    assertThat(download(dx, 2)).containsExactly(0, 20);
    ok(cudnnSoftmaxForward(dnn.handle, 1, 1, ONE, t, x, ZERO, t, y));
    float p = (float) (1 / (1 + Math.exp(-3)));
    assertThat(download(y, 2)).containsExactly(new float[] {1 - p, p}, within(1e-6f));
    ok(cudnnSoftmaxBackward(dnn.handle, 1, 1, ONE, t, y, t, dy, ZERO, t, dx));
    float g = 10 * p * (1 - p);
    assertThat(download(dx, 2)).containsExactly(new float[] {-g, g}, within(1e-4f));
  }

  @Test
  void normalisations() {
    cudnnTensorDescriptor t = dnn.tensor(4, 1, 1, 1);
    cudnnTensorDescriptor p = dnn.unfilledTensor();
    ok(cudnnDeriveBNTensorDescriptor(p, t, 1));
    CUdeviceptr x = dnn.upload(1, 2, 3, 6);
    CUdeviceptr y = dnn.room(16);
    CUdeviceptr scale = dnn.upload(2);
    CUdeviceptr bias = dnn.upload(1);
    CUdeviceptr mean = dnn.upload(0);
    CUdeviceptr variance = dnn.upload(0);
    CUdeviceptr savedMean = dnn.room(4);
    CUdeviceptr savedInverse = dnn.room(4);
    ok(
        cudnnBatchNormalizationForwardTraining(
            dnn.handle,
            1,
            ONE,
            ZERO,
            t,
            x,
            t,
            y,
            p,
            scale,
            bias,
            0.5,
            mean,
            variance,
            0,
            savedMean,
            savedInverse));
    float deviation = (float) Math.sqrt(3.5);
    assertThat(download(y, 4)[3]).isCloseTo(1 + 2 * 3 / deviation, within(1e-5f));
    assertThat(download(mean, 1)).containsExactly(1.5f);
    assertThat(download(variance, 1)[0]).isCloseTo(0.5f * 14 / 3, within(1e-5f));
    assertThat(download(savedMean, 1)).containsExactly(3);
    assertThat(download(savedInverse, 1)[0]).isCloseTo(1 / deviation, within(1e-6f));
    CUdeviceptr dx = dnn.room(16);
    CUdeviceptr dScale = dnn.room(4);
    CUdeviceptr dBias = dnn.room(4);
    ok(
        cudnnBatchNormalizationBackward(
            dnn.handle,
            1,
            ONE,
            ZERO,
            ONE,
            ZERO,
            t,
            x,
            t,
            dnn.upload(1, 0, 0, 0),
            t,
            dx,
            p,
            scale,
            dScale,
            dBias,
            0,
            savedMean,
            savedInverse));
    assertThat(download(dBias, 1)).containsExactly(1);
    assertThat(download(dScale, 1)[0]).isCloseTo(-2 / deviation, within(1e-5f));
    ok(
        cudnnBatchNormalizationForwardInference(
            dnn.handle, 1, ONE, ZERO, t, x, t, y, p, scale, bias, dnn.upload(3), dnn.upload(4), 0));
    assertThat(download(y, 4)).containsExactly(-1, 0, 1, 4);

    cudnnLRNDescriptor lrn = new cudnnLRNDescriptor();
    ok(cudnnCreateLRNDescriptor(lrn));
    dnn.atClose(() -> ok(cudnnDestroyLRNDescriptor(lrn)));
    ok(cudnnSetLRNDescriptor(lrn, 1, 1, 1, 1)); // y = x / (1 + x^2)
    ok(cudnnLRNCrossChannelForward(dnn.handle, lrn, 0, ONE, t, x, ZERO, t, y));
    assertThat(download(y, 2)).containsExactly(0.5f, 0.4f);
    ok(
        cudnnLRNCrossChannelBackward(
            dnn.handle, lrn, 0, ONE, t, y, t, dnn.upload(1, 1, 1, 1), t, x, ZERO, t, dx));
    assertThat(download(dx, 2)).containsExactly(new float[] {0, -0.12f}, within(1e-6f));
  }

  @Test
  void elementwiseAndReductions() {
    cudnnTensorDescriptor t = dnn.tensor(1, 2, 1, 2);
    cudnnTensorDescriptor c = dnn.tensor(1, 2, 1, 1);
    CUdeviceptr a = dnn.upload(1, 2, 3, 4);
    CUdeviceptr b = dnn.upload(10, 20);
    CUdeviceptr out = dnn.room(16);
    cudnnOpTensorDescriptor op = new cudnnOpTensorDescriptor();
    ok(cudnnCreateOpTensorDescriptor(op));
    dnn.atClose(() -> ok(cudnnDestroyOpTensorDescriptor(op)));
    ok(cudnnSetOpTensorDescriptor(op, 0, 0, 0));
    ok(cudnnOpTensor(dnn.handle, op, ONE, t, a, ONE, c, b, ZERO, t, out));
    assertThat(download(out, 4)).containsExactly(11, 12, 23, 24);
    ok(cudnnAddTensor(dnn.handle, ONE, c, b, ONE, t, out));
    assertThat(download(out, 4)).containsExactly(21, 22, 43, 44);
    ok(cudnnScaleTensor(dnn.handle, t, out, Pointer.to(new float[] {2})));
    ok(cudnnTransformTensor(dnn.handle, ONE, t, out, ZERO, t, a));
    ok(cudnnSetTensor(dnn.handle, t, out, Pointer.to(new float[] {7})));
    assertThat(download(a, 4)).containsExactly(42, 44, 86, 88);
    assertThat(download(out, 4)).containsExactly(7, 7, 7, 7);
    cudnnReduceTensorDescriptor sum = new cudnnReduceTensorDescriptor();
    ok(cudnnCreateReduceTensorDescriptor(sum));
    dnn.atClose(() -> ok(cudnnDestroyReduceTensorDescriptor(sum)));
    ok(cudnnSetReduceTensorDescriptor(sum, 0, 0, 0, 0, 0));
    long[] size = new long[1];
    ok(cudnnGetReductionWorkspaceSize(dnn.handle, sum, t, c, size));
    ok(
        cudnnReduceTensor(
            dnn.handle, sum, new Pointer(), 0, dnn.room(size[0]), size[0], ONE, t, a, ZERO, c, b));
    assertThat(download(b, 2)).containsExactly(86, 174);
  }

  @Test
  void dropoutReplaysItsMask() {
    cudnnDropoutDescriptor d = new cudnnDropoutDescriptor();
    ok(cudnnCreateDropoutDescriptor(d));
    dnn.atClose(() -> ok(cudnnDestroyDropoutDescriptor(d)));
    long[] states = new long[1];
    long[] reserve = new long[1];
    cudnnTensorDescriptor t = dnn.tensor(1, 1, 1, 1000);
    ok(cudnnDropoutGetStatesSize(dnn.handle, states));
    ok(cudnnDropoutGetReserveSpaceSize(t, reserve));
    ok(cudnnSetDropoutDescriptor(d, dnn.handle, 0.25f, dnn.room(states[0]), states[0], 42));
    float[] ones = new float[1000];
    Arrays.fill(ones, 3);
    CUdeviceptr x = dnn.upload(ones);
    CUdeviceptr y = dnn.room(4000);
    CUdeviceptr dx = dnn.room(4000);
    CUdeviceptr mask = dnn.room(reserve[0]);
    ok(cudnnDropoutForward(dnn.handle, d, t, x, t, y, mask, reserve[0]));
    ok(cudnnDropoutBackward(dnn.handle, d, t, x, t, dx, mask, reserve[0]));
    float[] result = download(y, 1000);
    assertThat(download(dx, 1000)).containsExactly(result);
    assertThat(IntStream.range(0, 1000).filter(i -> result[i] == 4).count()).isBetween(700L, 800L);
    assertThat(IntStream.range(0, 1000).filter(i -> result[i] == 0).count()).isBetween(200L, 300L);
    ok(cudnnDropoutForward(dnn.handle, d, t, x, t, y, mask, reserve[0]));
    assertThat(download(y, 1000)).as("the next mask is another one").isNotEqualTo(result);
  }

  @Test
  void ctcLossOnTheHostAndOnTheDevice() {
    cudnnCTCLossDescriptor d = new cudnnCTCLossDescriptor();
    ok(cudnnCreateCTCLossDescriptor(d));
    dnn.atClose(() -> ok(cudnnDestroyCTCLossDescriptor(d)));
    ok(cudnnSetCTCLossDescriptor_v8(d, Dnn.FLOAT, 1, 0, 10));
    cudnnTensorDescriptor t = dnn.unfilledTensor();
    ok(cudnnSetTensorNdDescriptor(t, Dnn.FLOAT, 3, new int[] {2, 1, 3}, new int[] {3, 3, 1}));
    CUdeviceptr x = dnn.upload(0, 0, 0, 0, 0, 0);
    CUdeviceptr cost = dnn.room(4);
    CUdeviceptr gradient = dnn.room(24);
    long[] size = new long[1];
    ok(cudnnGetCTCLossWorkspaceSize_v8(dnn.handle, 0, d, t, t, size));
    CUdeviceptr space = dnn.room(size[0]);
    // Label 1 in two steps of three equal classes: 1-1, blank-1 and 1-blank of nine paths.
    ok(
        cudnnCTCLoss(
            dnn.handle,
            t,
            x,
            new int[] {1},
            new int[] {1},
            new int[] {2},
            cost,
            t,
            gradient,
            0,
            d,
            space,
            size[0]));
    assertThat(download(cost, 1)[0]).isCloseTo((float) Math.log(3), within(1e-5f));
    float third = 1 / 3f;
    assertThat(download(gradient, 6))
        .containsExactly(new float[] {0, -third, third, 0, -third, third}, within(1e-5f));
    ok(
        cudnnCTCLoss_v8(
            dnn.handle, 0, d, t, x, ints(1), ints(1), ints(2), cost, t, gradient, size[0], space));
    assertThat(download(cost, 1)[0]).isCloseTo((float) Math.log(3), within(1e-5f));
  }

  private CUdeviceptr ints(int... values) {
    CUdeviceptr p = dnn.room(4L * values.length);
    ok(JCudaDriver.cuMemcpyHtoD(p, Pointer.to(values), 4L * values.length));
    return p;
  }

  // ------------------------------------------------------------------------------------------
  // recurrent layers

  private static final int LSTM = 2;
  private static final int STEPS = 4;
  private static final int INPUT = 3;
  private static final int HIDDEN = 2;
  private static final int[] LENGTHS = {4, 2, 1};

  private cudnnRNNDescriptor rnn(int layers, boolean padded) {
    cudnnRNNDescriptor d = new cudnnRNNDescriptor();
    ok(cudnnCreateRNNDescriptor(d));
    dnn.atClose(() -> ok(cudnnDestroyRNNDescriptor(d)));
    ok(
        cudnnSetRNNDescriptor_v8(
            d,
            0,
            LSTM,
            2,
            1,
            0,
            Dnn.FLOAT,
            Dnn.FLOAT,
            Dnn.FMA_MATH,
            INPUT,
            HIDDEN,
            HIDDEN,
            layers,
            new cudnnDropoutDescriptor(),
            padded ? 1 : 0));
    return d;
  }

  private cudnnRNNDataDescriptor sequences(int layout, int features) {
    cudnnRNNDataDescriptor d = new cudnnRNNDataDescriptor();
    ok(cudnnCreateRNNDataDescriptor(d));
    dnn.atClose(() -> ok(cudnnDestroyRNNDataDescriptor(d)));
    // JCuda hands on an address only: a Java array would arrive as null.
    Pointer padding = Cuda.pinned(4);
    padding.getByteBuffer(0, 4).order(ByteOrder.nativeOrder()).putFloat(0, -7);
    ok(
        cudnnSetRNNDataDescriptor(
            d, Dnn.FLOAT, layout, STEPS, LENGTHS.length, features, LENGTHS, padding));
    ok(JCudaDriver.cuMemFreeHost(padding));
    return d;
  }

  /** Where step t of sequence b lies: 0 padded, step first; 1 packed; 2 padded, batch first. */
  private static int place(int layout, int t, int b) {
    if (layout == 1) {
      int before = 0;
      for (int s = 0; s < t; s++) {
        int step = s;
        before += (int) Arrays.stream(LENGTHS).filter(n -> n > step).count();
      }
      return before + b;
    }
    return layout == 0 ? t * LENGTHS.length + b : b * STEPS + t;
  }

  private record Result(float[][] y, float[] dweights, float[] hy) {}

  private Result run(int layout) {
    cudnnRNNDescriptor rnn = rnn(2, layout != 1);
    cudnnRNNDataDescriptor xd = sequences(layout, INPUT);
    cudnnRNNDataDescriptor yd = sequences(layout, 2 * HIDDEN);
    int vectors = layout == 1 ? 7 : STEPS * LENGTHS.length;
    float[] x = new float[vectors * INPUT];
    Arrays.fill(x, Float.NaN); // the padding is not read
    float[] dy = new float[vectors * 2 * HIDDEN];
    Arrays.fill(dy, Float.NaN);
    float[] values = Dnn.random(1000, 1);
    for (int b = 0; b < LENGTHS.length; b++) {
      for (int t = 0; t < LENGTHS[b]; t++) {
        int at = place(layout, t, b);
        System.arraycopy(values, (b * STEPS + t) * INPUT, x, at * INPUT, INPUT);
        System.arraycopy(values, 500 + (b * STEPS + t) * 4, dy, at * 4, 4);
      }
    }
    long[] weightBytes = new long[1];
    long[] work = new long[1];
    long[] keep = new long[1];
    ok(cudnnGetRNNWeightSpaceSize(dnn.handle, rnn, weightBytes));
    ok(cudnnGetRNNTempSpaceSizes(dnn.handle, rnn, 1, xd, work, keep));
    int count = (int) (weightBytes[0] / 4);
    CUdeviceptr weights = dnn.upload(Dnn.random(count, 2));
    CUdeviceptr dweights = dnn.upload(new float[count]);
    CUdeviceptr dX = dnn.upload(x);
    CUdeviceptr y = dnn.room(4L * dy.length);
    CUdeviceptr dx = dnn.room(4L * x.length);
    CUdeviceptr space = dnn.room(work[0]);
    CUdeviceptr reserve = dnn.room(keep[0]);
    CUdeviceptr lengths = ints(LENGTHS);
    cudnnTensorDescriptor state = dnn.unfilledTensor();
    int[] dims = {4, LENGTHS.length, HIDDEN};
    ok(
        cudnnSetTensorNdDescriptor(
            state, Dnn.FLOAT, 3, dims, new int[] {dims[1] * dims[2], dims[2], 1}));
    CUdeviceptr hx = dnn.upload(Dnn.random(24, 3));
    CUdeviceptr cx = dnn.upload(Dnn.random(24, 4));
    CUdeviceptr hy = dnn.room(96);
    Pointer none = new Pointer();
    ok(
        cudnnRNNForward(
            dnn.handle,
            rnn,
            1,
            lengths,
            xd,
            dX,
            yd,
            y,
            state,
            hx,
            hy,
            state,
            cx,
            none,
            weightBytes[0],
            weights,
            work[0],
            space,
            keep[0],
            reserve));
    ok(
        cudnnRNNBackwardData_v8(
            dnn.handle,
            rnn,
            lengths,
            yd,
            y,
            dnn.upload(dy),
            xd,
            dx,
            state,
            hx,
            none,
            none,
            state,
            cx,
            none,
            none,
            weightBytes[0],
            weights,
            work[0],
            space,
            keep[0],
            reserve));
    ok(
        cudnnRNNBackwardWeights_v8(
            dnn.handle,
            rnn,
            0,
            lengths,
            xd,
            dX,
            state,
            hx,
            yd,
            y,
            weightBytes[0],
            dweights,
            work[0],
            space,
            keep[0],
            reserve));
    float[] flat = download(y, dy.length);
    float[][] out = new float[7][];
    int i = 0;
    for (int b = 0; b < LENGTHS.length; b++) {
      for (int t = 0; t < LENGTHS[b]; t++) {
        int at = place(layout, t, b);
        out[i++] = Arrays.copyOfRange(flat, at * 4, at * 4 + 4);
      }
    }
    if (layout != 1) {
      int padding = place(layout, STEPS - 1, 2);
      assertThat(Arrays.copyOfRange(flat, padding * 4, padding * 4 + 4)).containsOnly(-7);
    }
    return new Result(out, download(dweights, count), download(hy, 24));
  }

  @Test
  void theThreeLayoutsOfSequencesAgree() {
    Result packed = run(1);
    assertThat(packed.dweights).doesNotContain(Float.NaN);
    for (int layout : new int[] {0, 2}) {
      Result padded = run(layout);
      assertThat(padded.y).isDeepEqualTo(packed.y);
      assertThat(padded.hy).containsExactly(packed.hy, within(1e-6f));
      assertThat(padded.dweights).containsExactly(packed.dweights, within(1e-5f));
    }
  }

  @Test
  void weightsAreFoundByLayerAndGate() {
    cudnnRNNDescriptor rnn = rnn(2, true);
    long[] bytes = new long[1];
    ok(cudnnGetRNNWeightSpaceSize(dnn.handle, rnn, bytes));
    // Bidirectional: 8 x (3 + 2) twice, 8 x (4 + 2) twice, and two biases of 8 for each of the
    // four.
    assertThat(bytes[0]).isEqualTo(4 * (2 * 8 * 5 + 2 * 8 * 6 + 4 * 16));
    CUdeviceptr space = dnn.room(bytes[0]);
    cudnnTensorDescriptor matrix = dnn.unfilledTensor();
    cudnnTensorDescriptor bias = dnn.unfilledTensor();
    CUdeviceptr atMatrix = new CUdeviceptr();
    CUdeviceptr atBias = new CUdeviceptr();
    ok(
        cudnnGetRNNWeightParams(
            dnn.handle,
            rnn,
            2,
            bytes[0],
            space,
            5,
            matrix,
            atMatrix,
            bias,
            atBias)); // layer 1, recurrent f
    int[] type = new int[1];
    int[] rank = new int[1];
    int[] dims = new int[3];
    ok(cudnnGetTensorNdDescriptor(matrix, 3, type, rank, dims, new int[3]));
    assertThat(dims).containsExactly(1, HIDDEN, HIDDEN);
    long offset = 2 * 8 * 5 + 8 * 4 + HIDDEN * HIDDEN;
    ok(JCudaDriver.cuMemsetD32(space, Float.floatToRawIntBits(0), bytes[0] / 4));
    ok(JCudaDriver.cuMemsetD32(atMatrix, Float.floatToRawIntBits(1), 1));
    ok(JCudaDriver.cuMemsetD32(atBias, Float.floatToRawIntBits(2), 1));
    float[] all = download(space, (int) (bytes[0] / 4));
    assertThat(all[(int) offset]).isEqualTo(1);
    assertThat(all[2 * 8 * 5 + 2 * 8 * 6 + 2 * 16 + 8 + HIDDEN]).isEqualTo(2);
  }
}
