export function mount(root, about) {}
export function show(setting) {}
