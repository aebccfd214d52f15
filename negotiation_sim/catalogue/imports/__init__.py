"""Others' files as studies: tables of actors, KTAB, DECIDE, long tables, expected utility, members."""

from negotiation_sim.catalogue.imports.importing import FORMATS, Imported, import_study

__all__ = ["FORMATS", "Imported", "import_study"]
