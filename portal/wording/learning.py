"""Words about versions of the score: methods they are compared with, splits, swaps, moves."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

WORDS: dict[str, dict[str, object]] = {
    "method": {
        "additive": _l("Este modelo"), "prior": _l("Modelo inicial"), "lambdamart": _l("LambdaMART"),
        "forest": _l("Bosque aleatorio"), "logistic": _l("Regresión logística"), "bm25": _l("BM25"),
        "characters": _l("TF-IDF de caracteres"), "text": _l("Solo texto"), "distance": _l("Solo distancia"),
        "random": _l("Al azar"),
    },
    "split": {
        "family": _l("Familias que no vio"), "time": _l("El último quinto en el tiempo"),
        "district": _l("Distritos que no vio"), "unseen": _l("Otros datos, de los que nadie aprendió"),
    },
    "swap": {
        "names": _l("nombres"), "gender": _l("palabras con género"), "loans": _l("palabras andinas"),
        "spelling": _l("ortografía"), "districts": _l("distritos"),
    },
    "model_move": {"promote": _l("Promovió"), "rollback": _l("Volvió atrás")},
}
