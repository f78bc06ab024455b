package io.cortado.models.serve;

import java.time.Duration;

/**
 * What one client, or all of them, may ask of the server.
 *
 * @param batching how much is gathered
 * @param maxBody the most bytes of a request's body
 * @param maxPixels the most pixels of a picture
 * @param patience how long a client may take to send a request, to take an answer, or to be silent
 * @param connections the most connections
 */
public record Limits(
    Batcher.Limits batching, int maxBody, long maxPixels, Duration patience, int connections) {}
