"""The page, for `streamlit run app.py`."""

from analyzer.faces.page import main

main()
