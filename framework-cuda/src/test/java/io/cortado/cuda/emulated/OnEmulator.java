package io.cortado.cuda.emulated;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.condition.DisabledIfEnvironmentVariable;

/**
 * A test that makes no sense on a GPU; with {@code CORTADO_CUDA=real} it is skipped, in words.
 *
 * <p>To be put on each class that uses {@link Emulator} itself.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@DisabledIfEnvironmentVariable(
    named = "CORTADO_CUDA",
    matches = "real",
    disabledReason =
        "Not applicable on a GPU: this test reads the emulator's counters, makes calls fail or makes mistakes on purpose.")
public @interface OnEmulator {}
