"""An exercise's pass through the graph keeps gradients in a dictionary; its tests used each value once."""


def backprop(end, end_grad):
    grads = {end: end_grad}
    for node in sorted_graph(end):
        outgrad = grads.pop(node)
        for position, parent in node.recipe.parents.items():
            grads[parent] = node.recipe.slope(position)(outgrad, node)  # GRC107
        if node.is_leaf:
            node.grad = outgrad


def backprop_of_all_uses(end, end_grad):
    grads = {end: end_grad}
    for node in sorted_graph(end):
        outgrad = grads.pop(node)
        for position, parent in node.recipe.parents.items():
            slope = node.recipe.slope(position)(outgrad, node)
            if parent in grads:
                grads[parent] += slope
            else:
                grads[parent] = slope


def sorted_graph(end):
    return [end]
