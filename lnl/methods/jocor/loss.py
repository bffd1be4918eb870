"""How far two predictions differ."""

from lnl.shapes import Logits, PerSample


def symmetric_kl(first: Logits, second: Logits) -> PerSample:
    """KL(p ‖ q) + KL(q ‖ p) = Σ_k (p_k - q_k) (log p_k - log q_k); the gradient reaches both.

    Source: JoCoR (Wei et al., CVPR 2020), the contrastive loss.
    """
    log_p, log_q = first.float().log_softmax(1), second.float().log_softmax(1)
    return ((log_p.exp() - log_q.exp()) * (log_p - log_q)).sum(1)
