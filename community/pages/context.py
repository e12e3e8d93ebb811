def surroundings(request): return {}
