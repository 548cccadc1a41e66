package dev.albert4j.onednn;

import static org.bytedeco.dnnl.global.dnnl.dnnl_out_of_memory;
import static org.bytedeco.dnnl.global.dnnl.dnnl_success;
import static org.bytedeco.dnnl.global.dnnl.dnnl_unimplemented;

/** What oneDNN's functions return. */
final class Status {
    private Status() {}

    /**
     * @throws OutOfMemoryError if there was no memory
     * @throws UnsupportedOperationException if oneDNN cannot do this on this machine
     */
    static void check(int status) {
        if (status == dnnl_success) {
            return;
        }
        if (status == dnnl_out_of_memory) {
            throw new OutOfMemoryError("oneDNN found no memory");
        }
        if (status == dnnl_unimplemented) {
            throw new UnsupportedOperationException("oneDNN has no product of 8-bit integers for this processor");
        }
        throw new IllegalStateException("oneDNN failed with status " + status);
    }
}
