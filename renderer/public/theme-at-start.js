// Runs before the first paint, so that a dark window never flashes white. `app/theme.ts` takes over from here.
(() => {
  const chosen = localStorage.getItem('lightbench-theme');
  const isDark = chosen === 'dark' || (chosen !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.dataset.theme = isDark ? 'dark' : 'light';
})();
