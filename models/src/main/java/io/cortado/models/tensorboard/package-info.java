/**
 * Event files for TensorBoard: {@link io.cortado.models.tensorboard.SummaryWriter} writes them as
 * PyTorch's does, {@link io.cortado.models.tensorboard.TensorBoardLog} writes how a training goes.
 */
@NullMarked
package io.cortado.models.tensorboard;

import org.jspecify.annotations.NullMarked;
