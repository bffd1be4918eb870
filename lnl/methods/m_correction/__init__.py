"""M-correction: dynamic bootstrapping with mixup."""
