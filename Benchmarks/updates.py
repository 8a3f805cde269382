"""One update of a network in PyTorch, as every training workload makes it."""
import torch


def update(model, loss_of, optimizer, *inputs):
    "A function that makes an update with gradients no longer than 1."

    def work():
        loss = loss_of(*inputs)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()

    return work
